import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../../src/storage/generated/client.ts';
import type { RecordedActivity, StartedSession } from './api.ts';
import { PEER_CONNECTIONS } from './contestant.ts';

export const INTERVAL_MS = 600_000;

/** As Prisma's documentation opens it. */
export const openPrisma = (databaseUrl: string): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: PEER_CONNECTIONS }) });

// What a request or a job does, each in one interactive transaction, with the program's own clock.

export function startSession(
  prisma: PrismaClient,
  appointmentId: number,
  userId: number,
): Promise<StartedSession | null> {
  return prisma.$transaction(async (tx) => {
    const appointment = await tx.appointment.findUnique({
      where: { id: BigInt(appointmentId) },
      include: { session: true },
    });
    if (appointment === null || appointment.session !== null) return null;
    if (appointment.type !== 'text' || appointment.status !== 'confirmed') return null;
    const { patientId, doctorId } = appointment;
    if (patientId !== BigInt(userId) && doctorId !== BigInt(userId)) return null;
    const now = new Date();
    const grants = await tx.grant.findMany({
      where: { patientId, startsAt: { lte: now }, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      orderBy: [{ expiresAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
    });
    const grant = grants.find(({ remaining, held }) => remaining > held);
    if (grant === undefined) return null;
    await tx.grant.update({ where: { id: grant.id }, data: { held: { increment: 1 } } });
    const nextDeductionAt = new Date(now.getTime() + INTERVAL_MS);
    const session = await tx.session.create({
      data: {
        appointmentId: appointment.id,
        patientId,
        doctorId,
        startTime: now,
        nextDeadlineAt: nextDeductionAt,
        holdGrantId: grant.id,
        policy: { intervalMs: INTERVAL_MS },
      },
    });
    return { sessionId: Number(session.id), nextDeductionAt };
  });
}

export function recordActivity(
  prisma: PrismaClient,
  appointmentId: number,
  userId: number,
): Promise<RecordedActivity | null> {
  return prisma.$transaction(async (tx) => {
    const session = await tx.session.findUnique({ where: { appointmentId: BigInt(appointmentId) } });
    if (session === null || !session.isActive) return null;
    const isPatient = session.patientId === BigInt(userId);
    if (!isPatient && session.doctorId !== BigInt(userId)) return null;
    const lastActivityAt = new Date();
    await tx.session.update({
      where: { id: session.id },
      data: {
        lastActivityTime: lastActivityAt,
        updatedAt: lastActivityAt,
        ...(isPatient ? { hasPatientActivity: true } : { hasDoctorActivity: true }),
      },
    });
    return { sessionId: Number(session.id), lastActivityAt };
  });
}

export interface NextBlock {
  readonly sessionId: number;
  readonly blockNo: number;
  readonly dueAt: Date;
}

/** Takes the unit of the block that has ended. Gives the block that follows, or null where there is none to wait for. */
export function deduct(prisma: PrismaClient, sessionId: number): Promise<NextBlock | null> {
  return prisma.$transaction(async (tx) => {
    const session = await tx.session.findUnique({
      where: { id: BigInt(sessionId) },
      include: { hold: true },
    });
    if (session === null || session.hold === null || session.nextDeadlineAt === null) return null;
    const { hold, blockNo, nextDeadlineAt: dueAt } = session;
    const now = new Date();
    if (dueAt > now) return { sessionId, blockNo, dueAt };
    const hasActivity = session.hasPatientActivity || session.hasDoctorActivity;
    const goesOn = hasActivity && hold.remaining > hold.held;
    await tx.ledgerEntry.create({
      data: {
        patientId: session.patientId,
        grantId: hold.id,
        sessionId: session.id,
        intervalNo: blockNo + 1,
        units: -1,
        balanceAfter: hold.remaining - 1,
        effectiveAt: dueAt,
        recordedAt: now,
        kind: 'charge',
        reason: hasActivity ? 'interval' : 'no_activity',
        actorRole: 'system',
      },
    });
    await tx.grant.update({
      where: { id: hold.id },
      data: { remaining: { decrement: 1 }, held: { decrement: goesOn ? 0 : 1 }, updatedAt: now },
    });
    const nextDueAt = new Date(dueAt.getTime() + INTERVAL_MS);
    await tx.session.update({
      where: { id: session.id },
      data: {
        sessionsUsed: { increment: 1 },
        updatedAt: now,
        ...(goesOn
          ? { blockNo: { increment: 1 }, nextDeadlineAt: nextDueAt }
          : {
              isActive: false,
              isEnded: true,
              endedAt: dueAt,
              endRecordedAt: now,
              endReason: hasActivity ? 'balance_exhausted' : 'no_activity',
              endUnits: hasActivity ? 0 : 1,
              holdGrantId: null,
              nextDeadlineAt: null,
            }),
      },
    });
    return goesOn ? { sessionId, blockNo: blockNo + 1, dueAt: nextDueAt } : null;
  });
}
