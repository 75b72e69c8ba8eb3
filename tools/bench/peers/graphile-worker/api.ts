import { recordActivity, startSession } from '../account-book.ts';
import { serveAppointments } from '../appointment-service.ts';
import { programSettings } from '../program-settings.ts';
import { inTransaction, openPool } from '../transaction.ts';
import { addDeduction } from './jobs.ts';

// The job of a session is set in the transaction that starts it. An activity is one update and touches no job.
const settings = programSettings();
const pool = openPool(settings.databaseUrl);
await serveAppointments(settings, {
  start: (appointmentId, userId) =>
    inTransaction(pool, async (client) => {
      const session = await startSession(client, appointmentId, userId);
      if (session !== null) await addDeduction(client, session.sessionId, session.nextDeductionAt);
      return session;
    }),
  recordActivity: (appointmentId, userId) => recordActivity(pool, appointmentId, userId),
  close: () => pool.end(),
});
