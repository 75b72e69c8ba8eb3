/** What an administrator is answered who ends a session. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { ADMIN, t } from '../billing/specimens.ts';
import { openEngine, running } from './engine.ts';

describe('an end by the office', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('that says "charge: %s" charges %i, with the note in the log', async (charge, endUnits) => {
    const engine = await running();
    engine.setClock(t('2:00'));
    const command = { sessionId: sessionId(1), admin: ADMIN, note: 'by phone', charge };

    expect(await engine.executor.execute('endByAdmin', command)).toMatchObject({
      kind: 'ended',
      session: { session: { endReason: 'admin_end', endUnits } },
    });
    expect(await engine.executor.execute('endByAdmin', { ...command, charge: true })).toMatchObject({
      kind: 'ended_before',
      session: { session: { endUnits } },
    });
    expect(engine.store.tables().events.at(-1)).toMatchObject({
      type: 'ended',
      actor: { role: 'admin', id: ADMIN },
      data: { note: 'by phone', units: endUnits },
    });
  });

  test('of a session that is not there is refused', async () => {
    const engine = openEngine();
    const command = { sessionId: sessionId(4), admin: ADMIN, note: 'by phone', charge: true };

    expect(await engine.executor.execute('endByAdmin', command)).toEqual({
      kind: 'refused',
      code: 'session_not_found',
    });
  });
});
