import type { Static } from 'typebox';
import type { timelineSchema } from '../../../src/http/answers/timeline.ts';
import { END_REASONS, isEndReason } from '../end-reasons.ts';
import { lower, whoWords } from '../parts/words.ts';
import { type DrawnMessage, type DrawnSession, isLate, timelineModel } from './timeline-model.ts';

/** A line of the table that tells what the drawing shows. */
export interface Happening {
  readonly at: string;
  readonly what: string;
  readonly who: string;
  /** When it was written, where that was later than due. Null: on time, or nothing that is written by itself. */
  readonly lateUntil: string | null;
  /** It is due, and nothing has written it yet. */
  readonly isUnwritten: boolean;
}

type Answer = Static<typeof timelineSchema>;

/** Of the answer of a session, what is told. */
export interface ToldSession extends DrawnSession, Pick<Answer, 'patient_id' | 'doctor_id'> {
  readonly blocks: readonly (DrawnSession['blocks'][number] & Pick<Answer['blocks'][number], 'grant_id'>)[];
  readonly events: readonly (DrawnSession['events'][number] &
    Pick<Answer['events'][number], 'actor_id' | 'data'>)[];
  readonly ledger: readonly (DrawnSession['ledger'][number] &
    Pick<
      Answer['ledger'][number],
      'entry_id' | 'takes_back' | 'effective_at' | 'grant_id' | 'actor_role' | 'actor_id'
    >)[];
}

/** At one instant in this order, as the engine does it. */
const ORDER = [
  'started',
  'messages',
  'charged',
  'given_back',
  'taken_back',
  'released',
  'ended',
  'held',
  'warned',
];

interface Placed extends Happening {
  readonly place: (typeof ORDER)[number];
}

export function whatHappened(session: ToldSession): readonly Happening[] {
  const { messages } = timelineModel(session);
  const rows: readonly Placed[] = [
    ...eventRows(session),
    ...session.blocks.flatMap((block) => [...blockRows(block), ...messageRows(block, session, messages)]),
    ...takenBackRows(session),
  ];
  return rows.toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || ORDER.indexOf(a.place) - ORDER.indexOf(b.place),
  );
}

function eventRows(session: ToldSession): readonly Placed[] {
  return session.events.flatMap((event): Placed[] => {
    const { effective_at: at, recorded_at: written, data } = event;
    const base = {
      at,
      who: whoWords(event.actor_role, event.actor_id),
      lateUntil: isLate(Date.parse(at), Date.parse(written)) ? written : null,
      isUnwritten: false,
    };
    const unit = `of block ${String(data['interval_no'])}`;
    const grant = `grant ${String(data['grant_id'])}`;
    switch (event.type) {
      case 'started':
        return [{ ...base, place: 'started', what: 'The session started' }];
      case 'deduction':
        return [{ ...base, place: 'charged', what: `The unit ${unit} was taken from ${grant}` }];
      case 'refund':
        return [{ ...base, place: 'given_back', what: `The unit ${unit} was given back to ${grant}` }];
      case 'low_balance':
        return [{ ...base, place: 'warned', what: 'Warning: the last unit began' }];
      case 'ended':
        return [{ ...base, place: 'ended', what: endWords(String(data['reason'])) }];
      default:
        return [];
    }
  });
}

const endWords = (reason: string): string =>
  `The session ended: ${isEndReason(reason) ? lower(END_REASONS[reason]) : reason}`;

function blockRows(block: ToldSession['blocks'][number]): readonly Placed[] {
  const plain = { who: 'The engine', lateUntil: null, isUnwritten: false };
  const grant = block.grant_id === null ? 'a grant' : `grant ${block.grant_id}`;
  const held: Placed = {
    ...plain,
    place: 'held',
    at: block.starts_at,
    what: `Block ${block.interval_no} began, with a unit of ${grant} held for it`,
  };
  const rows: Placed[] = [held];
  if (block.state === 'released')
    rows.push({
      ...plain,
      place: 'released',
      at: block.ends_at,
      what: `Block ${block.interval_no} cost nothing: its unit was free again`,
    });
  if (block.effective_at !== null && block.recorded_at === null)
    rows.push({
      ...plain,
      place: 'charged',
      at: block.effective_at,
      what: `The unit of block ${block.interval_no} is due from ${grant}`,
      isUnwritten: true,
    });
  return rows;
}

/** One row for each block in which somebody wrote. The log has each message. */
function messageRows(
  block: ToldSession['blocks'][number],
  session: ToldSession,
  all: readonly DrawnMessage[],
): readonly Placed[] {
  const startMs = Date.parse(block.starts_at);
  const endMs = Date.parse(block.ends_at);
  const isLast = block.interval_no === session.blocks.length;
  const messages = all.filter(({ atMs }) => atMs >= startMs && (atMs < endMs || (isLast && atMs <= endMs)));
  const [first] = messages;
  if (first === undefined) return [];
  const count = (by: DrawnMessage['by']): number => messages.filter((message) => message.by === by).length;
  const sides = [
    { count: count('patient'), who: `patient ${session.patient_id}` },
    { count: count('doctor'), who: `doctor ${session.doctor_id}` },
  ].filter((side) => side.count > 0);
  return [
    {
      place: 'messages',
      at: new Date(first.atMs).toISOString(),
      what: `${messageWords(sides)} in block ${block.interval_no}`,
      who: [...new Set(messages.map(({ by }) => by))]
        .map((by) => whoWords(by, by === 'patient' ? session.patient_id : session.doctor_id))
        .join(', '),
      lateUntil: null,
      isUnwritten: false,
    },
  ];
}

/** `12 messages of patient 7 and 9 of doctor 21`. */
const messageWords = (sides: readonly { readonly count: number; readonly who: string }[]): string =>
  sides
    .map(({ count, who }, index) =>
      index > 0 ? `${count} of ${who}` : `${count} ${count === 1 ? 'message' : 'messages'} of ${who}`,
    )
    .join(' and ');

/** An adjustment of its grant, which has no event in the session's log. */
const takenBackRows = ({ ledger }: ToldSession): readonly Placed[] =>
  ledger.flatMap((entry): Placed[] => {
    const refund = ledger.find(({ entry_id }) => entry_id === entry.takes_back);
    return refund === undefined
      ? []
      : [
          {
            place: 'taken_back',
            at: entry.effective_at,
            what: `The refund of block ${String(refund.interval_no)} was taken back from grant ${entry.grant_id}`,
            who: whoWords(entry.actor_role, entry.actor_id),
            lateUntil: null,
            isUnwritten: false,
          },
        ];
  });
