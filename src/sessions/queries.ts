import { sessionOf } from '../billing/account.ts';
import { availableUnitsAt, remainingUnitsAt } from '../billing/grant.ts';
import type { PatientId, SessionId } from '../billing/ids.ts';
import type { Work } from './journal.ts';
import { participationOf } from './participation.ts';
import type { Balance, Reads, SessionRecord } from './reads.ts';
import { receiptBlocks, type ReceiptEntry } from './receipt.ts';
import type { Picture, Records } from './records.ts';
import { sessionView } from './view.ts';
import { createStatusReader } from './status-reader.ts';
import type { Loaded, Store } from './store.ts';
import { openDesk, type Workspace } from './unit-of-work.ts';

/** Every question, answered from what is stored, settled to now in memory. */
export const createReads = (store: Pick<Store, 'read'>, records: Records): Reads => ({
  status: createStatusReader(store.read),
  receipt: async (appointmentId, caller) => {
    const picture = await records.picture({ appointments: [appointmentId] });
    const desk = openDesk(picture.loaded);
    const part = desk.attempt((workspace) => participationOf(workspace, appointmentId, caller));
    if (part.kind === 'refused') return part;
    const { session, settled } = part;
    const view = sessionView(session, settled.account, settled.now);
    return {
      kind: 'receipt',
      view,
      blocks: receiptBlocks(session, entriesOf(session.id, picture, desk.work)),
    };
  },
  messages: async ({ appointmentId, caller, after, limit }) => {
    const desk = openDesk(await store.read({ appointments: [appointmentId] }));
    const part = desk.attempt((workspace) => participationOf(workspace, appointmentId, caller));
    if (part.kind === 'refused') return part;
    return { kind: 'messages', messages: await records.messages(part.session.id, after, limit) };
  },
  balance: async (patientId) => {
    const grants = await records.grantIds(patientId);
    return balanceOf(patientId, await store.read({ patients: [patientId], grants }));
  },
  subscription: async (id) => {
    const loaded = await store.read({ grants: [id] });
    return openDesk(loaded).attempt((workspace) => {
      const settled = workspace.accountOfGrant(id);
      return settled?.account.grants.find((grant) => grant.id === id) ?? null;
    });
  },
  sessions: async (filter) => {
    const { items: ids, nextCursor } = await records.sessionIds(filter);
    const loaded = await store.read({ sessions: ids });
    const items = openDesk(loaded).attempt((workspace) => ids.map((id) => recordOf(id, workspace, loaded)));
    return { items: items.filter((item) => item !== null), nextCursor };
  },
  timeline: async (id) => {
    const { loaded, entries, events } = await records.picture({ sessions: [id] });
    return openDesk(loaded).attempt((workspace) => {
      const settled = workspace.accountOfSession(id);
      if (settled === null) return null;
      const view = sessionView(sessionOf(settled.account, id), settled.account, settled.now);
      return { view, events, entries };
    });
  },
  ledger: records.ledger,
  correction: records.correction,
});

function balanceOf(patientId: PatientId, loaded: Loaded): Balance | null {
  const settled = openDesk(loaded).attempt((workspace) => workspace.account(patientId));
  if (settled === null) return null;
  const { account, now } = settled;
  const remainingUnits = remainingUnitsAt(account.grants, now);
  const availableUnits = availableUnitsAt(account.grants, now);
  const heldUnits = remainingUnits - availableUnits;
  const grants = account.grants.toSorted((a, b) => a.id - b.id);
  return { patientId, grants, remainingUnits, heldUnits, availableUnits, now };
}

function recordOf(id: SessionId, workspace: Workspace, loaded: Loaded): SessionRecord | null {
  const settled = workspace.accountOfSession(id);
  if (settled === null) return null;
  const { endRecordedAt, nextDeadlineAt } = loaded.counters.get(id) ?? {
    endRecordedAt: null,
    nextDeadlineAt: null,
  };
  return { session: sessionOf(settled.account, id), endRecordedAt, nextDeadlineAt };
}

/** What is written of a session, and what is due but not written yet. */
function entriesOf(id: SessionId, picture: Picture, work: Work): readonly ReceiptEntry[] {
  const due = work.entries.map(({ entry }) => ({ ...entry, recordedAt: null }));
  return [...picture.entries, ...due].filter((entry) => entry.sessionId === id);
}
