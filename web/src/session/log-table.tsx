import type { SessionAnswer } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/table-head.tsx';
import { Time } from '../parts/time.tsx';
import { whoWords } from '../parts/words.ts';

type Event = SessionAnswer['events'][number];

const COLUMNS: readonly Column<Event>[] = [
  { name: 'No.', cell: ({ event_no: no }) => no },
  { name: 'What', cell: ({ type }) => type.replaceAll('_', ' ') },
  { name: 'Due', cell: ({ effective_at: at }) => <Time at={at} short /> },
  { name: 'Written', cell: ({ recorded_at: at }) => <Time at={at} short /> },
  { name: 'Who', cell: ({ actor_role, actor_id }) => whoWords(actor_role, actor_id) },
  { name: 'More', cell: ({ data }) => moreWords(data), isLong: true },
];

/** Everything that the log holds of the session. Of a message it holds the number, never the text. */
export const LogTable = ({ events }: Pick<SessionAnswer, 'events'>) => (
  <DataTable name="Log" columns={COLUMNS} rows={events} keyOf={({ event_no: no }) => no} isTall />
);

const moreWords = (data: Readonly<Record<string, unknown>>): string =>
  Object.entries(data)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
    .join(', ');
