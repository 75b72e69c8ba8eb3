import { serveAppointments } from '../appointment-service.ts';
import { programSettings } from '../program-settings.ts';
import { openPrisma } from './prisma.ts';
import { recordActivity, startSession } from './sessions.ts';
import { openTimers } from './timers.ts';

const settings = programSettings();
const prisma = openPrisma(settings.databaseUrl);
const timers = openTimers(settings.redisUrl);
await serveAppointments(settings, {
  start: async (appointmentId, userId) => {
    const session = await startSession(prisma, appointmentId, userId);
    if (session === null) return null;
    const { sessionId, nextDeductionAt } = session;
    await timers.addDeductions([{ sessionId, blockNo: 0, dueAt: nextDeductionAt }]);
    await timers.restartCountdown(sessionId);
    return session;
  },
  recordActivity: async (appointmentId, userId) => {
    const activity = await recordActivity(prisma, appointmentId, userId);
    if (activity !== null) await timers.restartCountdown(activity.sessionId);
    return activity;
  },
  close: async () => {
    await timers.close();
    await prisma.$disconnect();
  },
});
