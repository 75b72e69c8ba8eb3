/** The callers: they send what the plan says, and send it again where no answer came, under the same keys. */
import type { AppointmentId, UserId } from '../../../src/billing/ids.ts';
import { appointmentId, grantId, userId } from '../../../src/billing/ids.ts';
import { after, instant } from '../../../src/billing/time.ts';
import type { Judge } from '../check/judge.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import { describe } from '../plan/plan.ts';
import type { Asked, Command } from '../plan/plan.ts';
import type { PendingFaults } from './failures.ts';
import type { Process } from './processes.ts';
import type { Schedule } from './schedule.ts';
import { BEGINNING_MS } from './log.ts';
import { ProcessDead } from './failures.ts';

export interface ClientSurroundings {
  readonly schedule: Schedule;
  readonly hopMs: () => number;
  readonly pending: PendingFaults;
  readonly judge: Judge;
  readonly tables: () => Tables;
  /** The APIs that run now. */
  readonly apis: () => readonly Process[];
  readonly tell: (line: string) => void;
}

export interface Clients {
  readonly send: (command: Command) => void;
  /** Commands that have had no answer yet. */
  readonly waiting: () => readonly Command[];
}

/** When a caller who got no answer tries again. */
const AGAIN_MS = 150;

const ADMIN = userId(900);

export function createClients(around: ClientSurroundings): Clients {
  const { schedule, hopMs, pending, judge, tell } = around;
  const waiting = new Set<Command>();

  function send(command: Command, tries: number): void {
    const apis = around.apis();
    const api = apis[(command.api + tries) % apis.length];
    let isOver = false;
    const again = (why: string): void => {
      if (isOver || !waiting.has(command)) return;
      isOver = true;
      tell(`no answer to ${describe(command)}: ${why}`);
      schedule.in(AGAIN_MS, () => send(command, tries + 1));
    };
    if (api === undefined || api.lifecycle.isDead()) return again('the API is down');
    const forget = api.lifecycle.onDeath(() => again('the API died'));
    void hear(api, command, forget, again, () => isOver);
  }

  async function hear(
    api: Process,
    command: Command,
    forget: () => void,
    again: (why: string) => void,
    isOver: () => boolean,
  ): Promise<void> {
    try {
      const answer = await ask(api, command);
      if (api.lifecycle.isDead() || isOver()) return;
      await schedule.pause(hopMs());
      if (pending.take('answer_lost') !== null) return again('it was lost');
      if (answer !== null) judge.answered(command, answer);
      waiting.delete(command);
    } catch (error) {
      if (!(error instanceof ProcessDead)) judge.expected(describe(command), error);
      again(String(error));
    } finally {
      forget();
    }
  }

  async function ask(api: Process, command: Command): Promise<object | null> {
    await schedule.pause(hopMs());
    await api.lifecycle.takeUp();
    const asked = () => perform(api, command, around.tables());
    // Twice in one turn of the event loop: the two go into the same batch.
    const [answer = null] = await Promise.all(command.againAfterMs === 0 ? [asked(), asked()] : [asked()]);
    await api.lifecycle.takeUp();
    return answer;
  }

  return {
    send: (command) => {
      waiting.add(command);
      send(command, 0);
      const { againAfterMs } = command;
      if (againAfterMs !== null && againAfterMs > 0) schedule.in(againAfterMs, () => send(command, 1));
    },
    waiting: () => [...waiting],
  };
}

/** Asks the engine; null where there is nothing to ask about yet. */
function perform(api: Process, asked: Asked, tables: Tables): Promise<object | null> {
  const { execute } = api;
  switch (asked.kind) {
    case 'book':
      return execute('putAppointment', {
        appointment: appointmentOf(asked),
        terms: asked.terms,
        admin: ADMIN,
      });
    case 'subscribe': {
      const { units, startsAtMs, expiresAtMs } = asked;
      const ids = { grantId: grantId(asked.grant), patientId: userId(asked.patient), admin: ADMIN };
      return execute('putSubscription', {
        ...ids,
        units,
        startsAt: instantOf(startsAtMs),
        expiresAt: instantOf(expiresAtMs),
        version: null,
      });
    }
    case 'start':
      return execute('start', memberOf(asked, tables));
    case 'end':
      return execute('end', memberOf(asked, tables));
    case 'status': {
      const member = memberOf(asked, tables);
      return api.status(member.appointmentId, member.caller);
    }
    case 'activity':
      return asked.way === 'short'
        ? api.recordActivity(memberOf(asked, tables))
        : execute('recordActivity', memberOf(asked, tables));
    case 'message': {
      const { message, text } = asked;
      return execute('sendMessage', {
        ...memberOf(asked, tables),
        clientMessageId: `message-${message}`,
        text,
      });
    }
    case 'end_by_admin': {
      const session = [...tables.sessions.values()].find(
        ({ session: { appointmentId: id } }) => id === asked.appointment,
      );
      if (session === undefined) return Promise.resolve(null);
      const { id } = session.session;
      return execute('endByAdmin', { sessionId: id, admin: ADMIN, note: 'n', charge: asked.charge });
    }
    case 'adjust': {
      const { units, key } = asked;
      return execute('adjust', { grantId: grantId(asked.grant), units, ...adminNote(key) });
    }
    case 'refund': {
      const charge = entryOf('charge', asked, tables);
      return charge === undefined
        ? Promise.resolve(null)
        : execute('refund', { entryId: charge.id, ...adminNote(asked.key) });
    }
    case 'take_back': {
      const refund = entryOf('refund', asked, tables);
      return refund === undefined
        ? Promise.resolve(null)
        : execute('takeBack', { entryId: refund.id, ...adminNote(asked.key) });
    }
  }
}

/** The charge or the refund of a block, where it has one. */
const entryOf = (
  kind: 'charge' | 'refund',
  { appointment, intervalNo }: { readonly appointment: number; readonly intervalNo: number },
  tables: Tables,
) =>
  tables.entries.find(
    ({ entry }) =>
      entry.kind === kind &&
      entry.intervalNo === intervalNo &&
      entry.sessionId !== null &&
      tables.sessions.get(entry.sessionId)?.session.appointmentId === appointment,
  );

const adminNote = (key: number) => ({ admin: ADMIN, note: 'n', idempotencyKey: `key-${key}` });

const instantOf = (ms: number | null) => (ms === null ? null : after(instant(BEGINNING_MS), ms));

const appointmentOf = (asked: Extract<Asked, { kind: 'book' }>) => ({
  id: appointmentId(asked.appointment),
  patientId: userId(asked.patient),
  doctorId: userId(asked.doctor),
  type: 'text' as const,
  status: asked.isConfirmed ? ('confirmed' as const) : ('pending' as const),
  scheduledAt: after(instant(BEGINNING_MS), asked.scheduledAtMs),
  timeZone: null,
});

/** The caller's user id; a stranger's where the appointment was never booked. */
function memberOf(
  { appointment, by }: { readonly appointment: number; readonly by: 'patient' | 'doctor' },
  tables: Tables,
): { readonly appointmentId: AppointmentId; readonly caller: UserId } {
  const id = appointmentId(appointment);
  const booked = tables.appointments.get(id);
  const caller = by === 'patient' ? booked?.patientId : booked?.doctorId;
  return { appointmentId: id, caller: caller ?? userId(999) };
}
