/** A transaction that runs again, because its COMMIT was not answered or because it was rolled back. */
import { describe, expect, test } from 'vitest';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import type { Store } from '../../src/sessions/store.ts';
import { DOCTOR, t } from '../billing/specimens.ts';
import { book, correction, of, openEngine } from './engine.ts';

describe('a COMMIT of which nobody knows whether it came through', () => {
  /** As the store does it: after the lost answer of a COMMIT the whole command runs again, on what is there now. */
  const twice =
    (transact: Store['transact']): Store['transact'] =>
    async (needs, fold) => {
      await transact(needs, fold);
      return transact(needs, fold);
    };
  /** The fold ran, and its transaction was rolled back: a deadlock, or a lost connection. */
  const rolledBackFirst =
    (transact: Store['transact']): Store['transact'] =>
    (needs, fold) =>
      transact(needs, (loaded) => {
        fold(loaded);
        return fold(loaded);
      });

  async function conversation(between: (transact: Store['transact']) => Store['transact']) {
    const engine = openEngine({ transact: between });
    const { executor, setClock, store } = engine;
    await book(engine, 5, [1, 2]);
    const kinds: string[] = [];
    const told = ({ kind }: { readonly kind: string }) => kinds.push(kind);
    told(await executor.execute('start', of(1)));
    told(await executor.execute('sendMessage', { ...of(1), clientMessageId: 'a', text: 'Hello' }));
    setClock(t('3:00'));
    told(await executor.execute('recordActivity', of(1, DOCTOR)));
    told(await executor.execute('start', of(2, DOCTOR)));
    setClock(t('11:00'));
    told(await executor.execute('settle', { sessionId: sessionId(1) }));
    const charge = store.tables().entries.find(({ entry }) => entry.kind === 'charge');
    if (charge === undefined) throw new Error('nothing was charged');
    told(await executor.execute('refund', { entryId: charge.id, ...correction('1') }));
    told(await executor.execute('adjust', { grantId: grantId(1), units: 4, ...correction('2') }));
    setClock(t('12:00'));
    told(await executor.execute('end', of(1)));
    const { sessions, grants, entries, events, messages } = store.tables();
    return {
      kinds,
      state: {
        sessions: [...sessions.values()].map(
          ({ session: { id: _id, ...session }, eventCount, messageCount }) => [
            session,
            eventCount,
            messageCount,
          ],
        ),
        grants: [...grants.values()],
        entries: entries.map(({ entry: { sessionId: _id, ...entry }, recordedAt }) => [entry, recordedAt]),
        events: events.map(({ sessionId: _id, ...event }) => event),
        messages: messages.map(({ sessionId: _id, ...message }) => message),
      },
    };
  }

  test('leaves the same ledger, sessions and audit log as a COMMIT that is known to have come through', async () => {
    const once = await conversation((transact) => transact);

    expect((await conversation(twice)).state).toEqual(once.state);
  });

  test('is answered as what the repeat found', async () => {
    expect((await conversation(twice)).kinds).toEqual([
      'already_active',
      'stored_before',
      'recorded',
      'already_active',
      'active',
      'recorded_before',
      'recorded_before',
      'ended_before',
    ]);
  });

  test('leaves no trace of a fold whose transaction was rolled back', async () => {
    const once = await conversation((transact) => transact);

    expect(await conversation(rolledBackFirst)).toEqual(once);
  });
});
