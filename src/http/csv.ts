import type { LedgerRecord } from '../sessions/reads.ts';
import { type LedgerEntryJson, ledgerEntryJson, ledgerEntrySchema } from './answers/ledger.ts';

const columns = Object.keys(ledgerEntrySchema.properties).filter(isColumn);

function isColumn(name: string): name is keyof LedgerEntryJson {
  return name in ledgerEntrySchema.properties;
}

/** The ledger for a spreadsheet: RFC 4180, a header row, the columns of the JSON answer. */
export function ledgerCsv(entries: readonly LedgerRecord[]): string {
  const rows = entries.map((entry) => {
    const json = ledgerEntryJson(entry);
    return columns.map((column) => cell(json[column]));
  });
  return [columns, ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

function cell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = harmless(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A spreadsheet runs a text that begins like a formula, whoever wrote it: an admin's note must not become a
 * program on the accountant's machine. The signs in full width count too, and so does white space before one.
 */
const harmless = (text: string): string =>
  /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
