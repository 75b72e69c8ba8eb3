import type { ToldSession } from '../../web/src/session/what-happened.ts';

/** Minutes after nine on a day, as the API writes them. */
export const at = (minutes: number): string =>
  new Date(Date.UTC(2026, 10, 22, 9) + Math.round(minutes * 60_000)).toISOString();

export const ms = (minutes: number): number => Date.parse(at(minutes));

type Block = ToldSession['blocks'][number];
type Event = ToldSession['events'][number];

/** Block `no` of ten minutes. */
export const block = (no: number, changes: Partial<Block> = {}): Block => ({
  interval_no: no,
  starts_at: at((no - 1) * 10),
  ends_at: at(no * 10),
  state: 'charged',
  effective_at: at(no * 10),
  recorded_at: at(no * 10),
  grant_id: 11,
  ...changes,
});

export const event = (type: Event['type'], minutes: number, changes: Partial<Event> = {}): Event => ({
  type,
  effective_at: at(minutes),
  recorded_at: at(minutes),
  actor_role: 'system',
  actor_id: null,
  data: {},
  ...changes,
});

export const message = (minutes: number, by: 'patient' | 'doctor'): Event =>
  event('message', minutes, { actor_role: by, actor_id: by === 'patient' ? 7 : 21 });

/** From nine to twenty past: two blocks of grant 11, ended by the patient. */
export const session = (changes: Partial<ToldSession> = {}): ToldSession => ({
  patient_id: 7,
  doctor_id: 21,
  start_time: at(0),
  ended_at: at(20),
  is_active: false,
  interval_seconds: 600,
  server_time: at(60),
  blocks: [block(1), block(2)],
  events: [],
  ledger: [],
  ...changes,
});
