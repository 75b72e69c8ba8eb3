import { recordActivity, startSession } from '../account-book.ts';
import { serveAppointments } from '../appointment-service.ts';
import { programSettings } from '../program-settings.ts';
import { inTransaction, openPool } from '../transaction.ts';

// The API of the sweep: nothing has to be told to anybody, the sweep finds every session by its row.
const settings = programSettings();
const pool = openPool(settings.databaseUrl);
await serveAppointments(settings, {
  start: (appointmentId, userId) =>
    inTransaction(pool, (client) => startSession(client, appointmentId, userId)),
  recordActivity: (appointmentId, userId) => recordActivity(pool, appointmentId, userId),
  close: () => pool.end(),
});
