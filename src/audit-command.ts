import { yieldEvery } from './async/yield.ts';
import { audit, type AuditRequest, type PageSize } from './audit/audit.ts';
import { summaryLine, tableHead, tableRow } from './audit/difference.ts';
import { isId } from './billing/ids.ts';
import { type Given, runCommand, UsageError } from './command-line.ts';
import { findDatabase } from './find-database.ts';
import { parseRfc3339 } from './http/rfc3339.ts';
import { openDatabase } from './storage/database.ts';

// `npm run audit`: recomputes, compares and prints. 0 = no difference, 1 = differences, 2 = it could not run.

const PAGE: PageSize = { accounts: 500, events: 20_000 };

/** PostgreSQL fetches the next page while this one is recomputed: its answer must be read now and then. */
const SLICE_MS = 1;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const AUDIT_USAGE = `npm run audit -- [--from INSTANT] [--to INSTANT] [--patient ID] [--json]

Recomputes every ended session and every balance from the audit log, and says where the
database differs. Changes nothing.

  --from INSTANT   sessions that ended from then on, such as 2026-11-22 or 2026-11-22T09:00:00Z
  --to INSTANT     sessions that ended before then
  --patient ID     this patient only
  --json           one JSON object a line: {"drift": ...} for each difference, {"summary": ...} at the end

Without --from and --to every account there is. Exit code: 0 no difference, 1 differences, 2 it could not run.
`;

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  patient: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type AuditOptions = Given<typeof OPTIONS>;

/** @throws UsageError with all mistakes at once. */
function requestOf(given: AuditOptions): AuditRequest {
  const mistakes: string[] = [];
  const instantOf = (name: 'from' | 'to'): number | null => {
    const text = given[name];
    if (text === undefined) return null;
    const at = parseRfc3339(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
    if (at === null) mistakes.push(`--${name} must be an instant, such as 2026-11-22T09:00:00Z, not ${text}`);
    return at;
  };
  const from = instantOf('from');
  const to = instantOf('to');
  const patientId = given.patient === undefined ? null : Number(given.patient);
  if (from !== null && to !== null && to <= from) mistakes.push('--to must be later than --from');
  if (patientId !== null && !isId(patientId))
    mistakes.push(`--patient must be the number of a patient, not ${given.patient}`);
  if (mistakes.length > 0) throw new UsageError(mistakes.join('\n'));
  return { from, to, by: 'ended', patientId };
}

async function run(given: AuditOptions): Promise<number> {
  const request = requestOf(given);
  const { json: isJson } = given;
  const startedMs = performance.now();
  const found = await findDatabase(process.env);
  if (found.kind === 'none') throw new Error(found.why);
  const database = openDatabase({
    url: found.url,
    maxConnections: 2,
    applicationName: 'session-engine audit',
  });
  let isFirst = true;
  try {
    const summary = await audit({
      request,
      size: PAGE,
      readPage: database.audit.readPage,
      onDifference: (difference) => {
        if (isFirst && !isJson) print(tableHead());
        isFirst = false;
        print(isJson ? JSON.stringify({ drift: difference }) : tableRow(difference));
      },
      yieldToEventLoop: yieldEvery(SLICE_MS),
      goOn: () => true,
    });
    const seconds = (performance.now() - startedMs) / 1000;
    print(isJson ? JSON.stringify({ summary: { ...summary, seconds } }) : summaryLine(summary, seconds));
    return summary.differences === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

process.exitCode = await runCommand(AUDIT_USAGE, OPTIONS, run);
