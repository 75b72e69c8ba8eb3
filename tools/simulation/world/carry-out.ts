/** One transaction from its first lock to its COMMIT, and everything that can become of it on the way. */
import type { Loaded, Needs, WhenHeld, Writes } from '../../../src/sessions/store.ts';
import { isEmpty } from '../../../src/sessions/writes.ts';
import { ConstraintViolated } from '../../kit/memory-database/constraints.ts';
import { patientsOf, sessionIdsFor } from '../../kit/memory-database/load.ts';
import type { Tables } from '../../kit/memory-database/tables.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Links, StoreSurroundings } from './links.ts';
import type { Transaction } from './server.ts';
import { tellCommit } from './log.ts';
import { SimulatedFailure } from './failures.ts';
import type { Note } from './record-decisions.ts';

/** Transactions whose COMMIT is still on its way when the client has given them up. */
export const isLeft = new WeakSet<Transaction>();

export interface Asked<T> {
  readonly needs: Needs;
  readonly fold: (loaded: Loaded) => { readonly writes: Writes; readonly result: T };
  readonly whenHeld: WhenHeld;
}

export async function carryOut<T>(
  transaction: Transaction,
  { needs, fold, whenHeld }: Asked<T>,
  lifecycle: Lifecycle,
  links: Links,
  around: StoreSurroundings,
): Promise<T> {
  const { pending, notes, server } = around;
  const { loaded, seen } = await loadLocked(transaction, needs, whenHeld, around);
  transaction.think();
  await links.home();
  lifecycle.reach('before_fold');
  notes.length = 0;
  const { writes, result } = fold(loaded);
  const decided = notes.splice(0);
  lifecycle.reach('before_commit');
  await links.there();
  transaction.assertOpen();
  const failing = pending.take('batch_fails');
  if (failing !== null)
    throw new SimulatedFailure(failing.how === 'deadlock' ? 'retry' : 'lost', failing.how);
  if (!isEmpty(writes) && pending.take('batch_refused') !== null)
    throw new SimulatedFailure('refused', 'the database refused the batch');
  const commit = (): void => commitNow(transaction, { loaded, seen, writes, decided }, lifecycle, around);
  transaction.hand();
  lifecycle.reach('commit_sent');
  if (lifecycle.isDead()) await around.schedule.pause(around.hopMs());
  const lost = pending.take('outcome_lost');
  if (lost !== null && lost.landsAfterMs > 0) {
    leave(transaction, commit, lost.landsAfterMs, around);
    throw new SimulatedFailure('lost', 'the connection broke during COMMIT');
  }
  server.assertThere();
  commit();
  transaction.end();
  lifecycle.reach('after_commit');
  if (lost !== null) throw new SimulatedFailure('lost', 'the connection broke during COMMIT');
  await links.home();
  return result;
}

/** The COMMIT that the client gave up arrives later, and counts. */
function leave(
  transaction: Transaction,
  commit: () => void,
  landsAfterMs: number,
  { schedule, judge }: StoreSurroundings,
): void {
  isLeft.add(transaction);
  schedule.in(landsAfterMs, () => {
    try {
      commit();
    } catch (error) {
      if (!(error instanceof SimulatedFailure)) judge.fail('error', `a late COMMIT failed: ${String(error)}`);
    } finally {
      transaction.end();
    }
  });
}

/** The accounts in ascending order, then the sessions in ascending order, then the clock: as src/storage/store.ts does. */
async function loadLocked(
  transaction: Transaction,
  needs: Needs,
  whenHeld: WhenHeld,
  { server, schedule, hopMs, bug }: StoreSurroundings,
): Promise<Pick<Batch, 'loaded' | 'seen'>> {
  const { database } = server;
  const early = server.now();
  const seen = database.tables();
  const patients = patientsOf(seen, needs);
  for (const patient of patients) await transaction.lock(`account ${patient}`, whenHeld);
  await schedule.pause(hopMs());
  transaction.assertOpen();
  const sessions = sessionIdsFor(database.tables(), needs, patients);
  for (const session of sessions) await transaction.lock(`session ${session}`);
  const now = bug === 'load_reads_the_clock_before_its_locks' ? early : server.now();
  const loaded = database.load(needs, now, patients);
  const isOutOfDate = loaded.appointments.some(({ patientId }) => !patients.includes(patientId));
  if (isOutOfDate) throw new SimulatedFailure('retry', 'an appointment was given to another patient');
  return { loaded, seen };
}

interface Batch {
  readonly loaded: Loaded;
  /** What there was when it asked whose accounts it has to lock. */
  readonly seen: Tables;
  readonly writes: Writes;
  readonly decided: readonly Note[];
}

function commitNow(
  transaction: Transaction,
  { loaded, seen, writes, decided }: Batch,
  lifecycle: Lifecycle,
  { server, judge, tell }: StoreSurroundings,
): void {
  transaction.assertOpen();
  const before = server.database.tables();
  try {
    server.database.write(writes);
  } catch (error) {
    if (!(error instanceof ConstraintViolated)) throw error;
    judge.fail('constraint', `the database had to refuse what the engine wrote: ${error.message}`);
    throw new SimulatedFailure('refused', error.message);
  }
  tellCommit(tell, lifecycle.name, decided, before, server.database.tables());
  judge.committed({ now: loaded.now, decided, seen, before, after: server.database.tables() });
}
