import { parseArgs } from 'node:util';
import type { AuditRequest } from './audit/audit.ts';
import { isId } from './billing/ids.ts';
import { parseRfc3339 } from './http/rfc3339.ts';

export type AuditArguments =
  | { readonly kind: 'request'; readonly request: AuditRequest; readonly isJson: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

export const AUDIT_USAGE = `npm run audit -- [--from INSTANT] [--to INSTANT] [--patient ID] [--json]

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
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line and reports all mistakes at once. */
export function readAuditArguments(args: readonly string[]): AuditArguments {
  const mistakes: string[] = [];
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    return { kind: 'mistakes', mistakes: [error instanceof Error ? error.message : String(error)] };
  }
  if (given.help) return { kind: 'help' };
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
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  return { kind: 'request', request: { from, to, by: 'ended', patientId }, isJson: given.json };
}

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS }).values;
