import { describe, expect, test } from 'vitest';
import { ledgerEntryId } from '../../../src/billing/ids.ts';
import { instant } from '../../../src/billing/time.ts';
import { ledgerCsv } from '../../../src/http/answers/ledger.ts';
import { prefersCsv } from '../../../src/http/csv.ts';
import { charges, refund } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { ledgerFilter } from '../../../tools/kit/list-filters.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin } from '../tokens.ts';

const shared = sharedApp();
const ROUTE = '/api/admin/ledger';

const columns =
  'entry_id,patient_id,doctor_id,grant_id,session_id,appointment_id,kind,reason,units,interval_no,' +
  'effective_at,recorded_at,balance_after,actor_role,actor_id,note,takes_back';

describe('GET /api/admin/ledger', () => {
  test('gives JSON where nothing else is asked', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.json<{ data: { entries: unknown[] } }>().data.entries[0]).toStrictEqual({
      entry_id: 70001,
      patient_id: 1001,
      doctor_id: 2002,
      grant_id: 31,
      session_id: 9001,
      appointment_id: 501,
      kind: 'charge',
      reason: 'interval',
      units: -1,
      interval_no: 1,
      effective_at: '2026-11-22T09:10:00.000Z',
      recorded_at: '2026-11-22T09:10:00.000Z',
      balance_after: 4,
      actor_role: 'system',
      actor_id: null,
      note: null,
      takes_back: null,
    });
    expect(engine.asked).toStrictEqual([
      {
        name: 'ledger',
        with: ledgerFilter({ limit: 100 }),
      },
    ]);
  });

  test('gives CSV with a header row where the request accepts that', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: ROUTE, headers: { ...asAdmin(), accept: 'text/csv' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="ledger.csv"',
      vary: 'accept',
    });
    expect(answer.body.split('\r\n')).toStrictEqual([
      columns,
      '70001,1001,2002,31,9001,501,charge,interval,-1,1,2026-11-22T09:10:00.000Z,2026-11-22T09:10:00.000Z,4,system,,,',
      '70002,1001,2002,31,9001,501,charge,interval,-1,2,2026-11-22T09:20:00.000Z,2026-11-22T09:20:00.000Z,3,system,,,',
      '70003,1001,2002,31,9001,501,charge,manual_end,-1,3,2026-11-22T09:25:00.000Z,2026-11-22T09:25:00.000Z,2,doctor,2002,,',
      '',
    ]);
  });

  test.each([
    ['application/json', {}],
    ['text/csv', { accept: 'text/csv' }],
  ])('leads to the next page, with the same filter, as %s', async (_type, accept) => {
    const last = { effectiveAt: instant(Date.UTC(2026, 10, 22, 9, 25)), entryId: ledgerEntryId(70_003) };
    const engine = engineDouble({ reads: { ledger: async () => ({ items: charges, nextCursor: last }) } });
    const { app } = await openApp({ engine });
    const query = 'patient_id=1001&from=2026-11-01T00%3A00%3A00%2B02%3A00&to=2026-12-01T00:00:00Z&limit=3';
    const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: { ...asAdmin(), ...accept } });
    const link = /^<(\?.*)>; rel="next"$/.exec(String(answer.headers.link))?.[1] ?? '';
    expect(Object.fromEntries(new URLSearchParams(link))).toStrictEqual({
      patient_id: '1001',
      from: '2026-11-01T00:00:00+02:00',
      to: '2026-12-01T00:00:00Z',
      limit: '3',
      cursor: `${last.effectiveAt}.70003`,
    });
    const next = await app.inject({ url: `${ROUTE}${link}`, headers: asAdmin() });
    expect(next.json()).toMatchObject({ data: { next_cursor: `${last.effectiveAt}.70003` } });
    expect(engine.asked.filter(({ name }) => name === 'ledger')[1]).toStrictEqual({
      name: 'ledger',
      with: {
        patientId: 1001,
        doctorId: null,
        sessionId: null,
        from: Date.UTC(2026, 9, 31, 22),
        to: Date.UTC(2026, 11, 1),
        cursor: last,
        limit: 3,
      },
    });
  });

  test('gives the number of the last entry where it goes by numbers, and goes on from any number', async () => {
    const nextCursor = { effectiveAt: null, entryId: ledgerEntryId(70_003) };
    const engine = engineDouble({ reads: { ledger: async () => ({ items: charges, nextCursor }) } });
    const { app } = await openApp({ engine });
    const answer = await app.inject({
      url: `${ROUTE}?session_id=9001&doctor_id=2002&cursor=70000`,
      headers: asAdmin(),
    });
    expect(answer.json()).toMatchObject({ data: { next_cursor: 70_003 } });
    expect(answer.headers.link).toBe('<?session_id=9001&doctor_id=2002&cursor=70003>; rel="next"');
    expect(engine.asked).toMatchObject([
      { with: { sessionId: 9001, doctorId: 2002, cursor: { effectiveAt: null, entryId: 70_000 } } },
    ]);
  });

  test('has no way on from the last page', async () => {
    const { app } = shared();
    const answer = await app.inject({ url: ROUTE, headers: asAdmin() });
    expect(answer.headers.link).toBeUndefined();
  });

  test.each([
    ['from', 'from=2026-11-01'],
    ['from', 'from=2026-11-01T00:00:00+02:00'],
    ['to', 'to=2026-11-31T00:00:00Z'],
    ['to', 'from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z'],
    ['to', 'from=2026-11-02T00:00:00Z&to=2026-11-02T00:00:00Z'],
    ['limit', 'limit=1001'],
    ['limit', 'limit=0'],
    ['cursor', 'cursor=abc'],
    ['cursor', 'cursor='],
    ['cursor', 'cursor=0'],
    ['cursor', 'cursor=70003.'],
    ['cursor', 'cursor=.70003'],
    ['cursor', 'cursor=1795338000000.0'],
    ['cursor', 'cursor=1795338000000.70003.1'],
    ['cursor', 'cursor=9999999999999999.70003'],
    ['cursor', 'cursor=-9999999999999999.70003'],
    ['cursor', 'cursor=1e3.70003'],
    ['session_id', 'session_id=0'],
    ['session_id', 'session_id=x'],
    ['patientid', 'patientid=1001'],
  ])('refuses a wrong %s rather than show what was not asked for: %s', async (field, query) => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${ROUTE}?${query}`, headers: asAdmin() });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: [{ field }] });
    expect(engine.asked).toStrictEqual([]);
  });
});

describe('GET /api/admin/ledger/:entry_id', () => {
  test('shows one entry, as the ledger does', async () => {
    const { app, engine } = shared();
    const answer = await app.inject({ url: `${ROUTE}/70002`, headers: asAdmin() });
    expect(answer.json()).toMatchObject({ data: { entry_id: 70_002, kind: 'charge', interval_no: 2 } });
    expect(engine.asked).toStrictEqual([{ name: 'entry', with: 70_002 }]);
  });

  test.each([
    [404, 'entry_not_found', '1'],
    [422, 'validation_failed', '0'],
    [422, 'validation_failed', 'e7'],
    [422, 'validation_failed', '9007199254740992'],
  ])('is %d %s for entry %s', async (status, code, entry) => {
    const { app } = shared();
    const answer = await app.inject({ url: `${ROUTE}/${entry}`, headers: asAdmin() });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
  });
});

describe('The ledger as CSV', () => {
  const noteCell = (note: string) => {
    const [row = ''] = ledgerCsv([{ ...refund, note }])
      .split('\r\n')
      .slice(1);
    return row.split(',').slice(15, -1).join(',');
  };

  test.each([
    ['=1+1', "'=1+1"],
    ['+49 30 1234', "'+49 30 1234"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['\t=1', "'\t=1"],
    ['＝1+1', "'＝1+1"],
    ['=HYPERLINK("http://x.example","a")', `"'=HYPERLINK(""http://x.example"",""a"")"`],
  ])('makes no formula of a note: %j', (note, expected) => {
    expect(noteCell(note)).toBe(expected);
  });

  test.each([
    ['a, b', '"a, b"'],
    ['he said "no"', '"he said ""no"""'],
    ['plain', 'plain'],
    ['Ärger; später', 'Ärger; später'],
    ['a=b', 'a=b'],
  ])('keeps every other note as it is: %j', (note, expected) => {
    expect(noteCell(note)).toBe(expected);
  });

  test('keeps line breaks inside one cell', () => {
    expect(ledgerCsv([{ ...refund, note: 'one\r\ntwo' }])).toContain(',"one\r\ntwo",\r\n');
  });

  test('leaves numbers numbers, also negative ones', () => {
    expect(ledgerCsv(charges)).toContain(',charge,interval,-1,1,');
  });

  test('is a header alone where there is nothing', () => {
    expect(ledgerCsv([])).toBe(`${columns}\r\n`);
  });
});

describe('The format of the ledger', () => {
  test.each([
    'text/csv',
    'text/csv; header=present',
    'text/*',
    'text/csv, application/json;q=0.9',
    'TEXT/CSV',
  ])('is CSV for Accept: %s', (accept) => expect(prefersCsv(accept)).toBe(true));

  test.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, text/csv',
    'text/csv;q=0.5, application/json',
    'text/csv;q=0',
    'text/html',
    'text/csvx',
  ])('is JSON for Accept: %s', (accept) => expect(prefersCsv(accept)).toBe(false));
});
