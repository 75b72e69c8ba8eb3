import type { DrawnSession, TimelineModel } from './timeline-model.ts';
import { clockOf } from '../parts/time.tsx';
import { unitWords } from '../acts/effect-words.ts';

/** The drawing in one breath, for who does not see it; the table below it tells the rest. */
export function timelineName(
  {
    session_id,
    start_time,
    ended_at,
  }: Pick<DrawnSession, 'start_time' | 'ended_at'> & {
    readonly session_id: number;
  },
  { blocks, messages, late }: TimelineModel,
): string {
  const taken = blocks.filter(({ outcome }) => outcome === 'charged' || outcome === 'taken_back').length;
  const by = (side: 'patient' | 'doctor'): string =>
    `${side} wrote ${messages.filter((message) => message.by === side).length}`;
  const lasted = `from ${clockOf(start_time)} ${ended_at === null ? 'until now' : `to ${clockOf(ended_at)}`}`;
  const count = blocks.length === 1 ? '1 block' : `${blocks.length} blocks`;
  return [
    `Session ${session_id}, ${lasted}: ${count}, ${unitWords(taken)} taken`,
    `${by('patient')}, ${by('doctor')}`,
    ...(late.length === 0 ? [] : [`${late.length} written late`]),
  ].join('; ');
}
