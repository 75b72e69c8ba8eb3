/** Every route that the console calls, with the types of its answers. Pages use hooks over these, and nothing else. */
import type { Static } from 'typebox';
import type { actionSchema } from '../../src/http/answers/action.ts';
import type { auditRunSchema, auditSchema } from '../../src/http/answers/audit.ts';
import type { balanceSchema } from '../../src/http/answers/balance.ts';
import type { daySchema, historySchema } from '../../src/http/answers/days.ts';
import type { effectSchema } from '../../src/http/answers/effect.ts';
import type { hitsSchema } from '../../src/http/answers/find.ts';
import type { ledgerEntrySchema } from '../../src/http/answers/ledger.ts';
import type { meSchema } from '../../src/http/answers/me.ts';
import type { nowSchema } from '../../src/http/answers/now.ts';
import type { endedSessionSchema } from '../../src/http/answers/session.ts';
import type { sessionListSchema } from '../../src/http/answers/session-list.ts';
import type { timelineSchema } from '../../src/http/answers/timeline.ts';
import { type Answer, get, queryOf, send } from './http.ts';
import { timeZone } from './parts/time.tsx';

/** What may be asked for. Nothing, null and the empty text ask for all. */
type Fields<Name extends string> = { readonly [Field in Name]?: string | null | undefined };

export type Me = Static<typeof meSchema>;

type Hits = Static<typeof hitsSchema>;
export type Hit = Hits['hits'][number];

export const signIn = (token: string) => send<Me>('POST', '/admin/sign-in', { body: { token } });
export const signOut = () => send('POST', '/admin/sign-out');

export const readMe = (signal: AbortSignal) => get<Me>('/api/admin/me', signal);

export const find = (id: number) => get<Hits>(`/api/admin/find${queryOf({ id })}`);

export const readAppointment = (id: string) =>
  get<{ readonly patient_id: number; readonly session_id: number | null }>(`/api/admin/appointments/${id}`);
export const readGrant = (id: string) =>
  get<{ readonly patient_id: number }>(`/api/admin/subscriptions/${id}`);
export const readEntry = (id: string) =>
  get<{ readonly patient_id: number; readonly session_id: number | null }>(`/api/admin/ledger/${id}`);

// ---- Now ------------------------------------------------------------------------------------------------------

/** What cannot be read is null. */
export type Now = Static<typeof nowSchema>;
export type Problem = Now['problems'][number];
export type LastHour = NonNullable<Now['last_hour']>;
export type Minute = LastHour['minutes'][number];
export type RunningProcess = NonNullable<Now['processes']>[number];

export const readNow = (signal: AbortSignal) => get<Now>('/api/admin/now', signal);

// ---- Days, and who did what -----------------------------------------------------------------------------------

export type Day = Static<typeof daySchema>;

type DaysAsked = Fields<'from' | 'to' | 'doctor_id'> & Readonly<Record<'time_zone', string>>;

/** JSON, or CSV: by what is asked for. */
export const daysPath = (asked: DaysAsked) => `/api/admin/days${queryOf(asked)}`;
export const readDays = (asked: DaysAsked, signal: AbortSignal) =>
  get<{ readonly days: readonly Day[] }>(daysPath(asked), signal);

export type AdminAction = Static<typeof actionSchema>;

type ActionsAsked = Fields<'actor_id' | 'action' | 'patient_id' | 'from' | 'to' | 'cursor'>;

/** JSON, or CSV: by what is asked for. */
export const actionsPath = (asked: ActionsAsked) => `/api/admin/actions${queryOf(asked)}`;
export const readActions = (asked: ActionsAsked, signal: AbortSignal) =>
  get<{ readonly actions: readonly AdminAction[]; readonly next_cursor: string | null }>(
    actionsPath(asked),
    signal,
  );

// ---- Audit ----------------------------------------------------------------------------------------------------

export type Night = Static<typeof auditRunSchema>;
export type Audited = Static<typeof auditSchema>;
export type Difference = Night['drift'][number];

export const readNights = (signal: AbortSignal) =>
  get<{ readonly runs: readonly Night[] }>('/api/admin/audit/runs', signal);
export const audit = (asked: Fields<'from' | 'to' | 'patient_id'>) =>
  get<Audited>(`/api/admin/audit${queryOf(asked)}`);
export const acknowledge = ({ night, note }: { readonly night: string; readonly note: string }) =>
  send<Night>('POST', `/api/admin/audit/runs/${night}/acknowledge`, { body: { note } });

// ---- Sessions, patients, the ledger -----------------------------------------------------------------------------

export type SessionAnswer = Static<typeof timelineSchema>;
export type SessionList = Static<typeof sessionListSchema>;
export type SessionRecord = SessionList['sessions'][number];
export type LedgerEntry = Static<typeof ledgerEntrySchema>;
export type Balance = Static<typeof balanceSchema>;

type SessionsAsked = Fields<
  'status' | 'end_reason' | 'patient_id' | 'doctor_id' | 'appointment_id' | 'from' | 'to' | 'cursor' | 'limit'
>;
type LedgerAsked = Fields<'patient_id' | 'from' | 'limit'>;

export const readSessions = (asked: SessionsAsked, signal: AbortSignal) =>
  get<SessionList>(`/api/admin/sessions${queryOf(asked)}`, signal);
export const readSession = (id: string, signal: AbortSignal) =>
  get<SessionAnswer>(`/api/admin/sessions/${id}${queryOf({ time_zone: timeZone })}`, signal);
export const readBalance = (id: string, signal: AbortSignal) =>
  get<Balance>(`/api/admin/patients/${id}/balance`, signal);
export const readHistory = (id: number, signal: AbortSignal) =>
  get<Static<typeof historySchema>>(`/api/admin/patients/${id}/history`, signal);

/** JSON, or CSV: by what is asked for. */
export const ledgerPath = (asked: LedgerAsked) => `/api/admin/ledger${queryOf(asked)}`;
export const readLedger = (asked: LedgerAsked, signal: AbortSignal) =>
  get<{ readonly entries: readonly LedgerEntry[]; readonly next_cursor: number | string | null }>(
    ledgerPath(asked),
    signal,
  );

// ---- Acts, each with the preview that the engine itself makes of it ---------------------------------------------

export interface ActRequest<Done> {
  readonly preview: (
    key: string,
    signal: AbortSignal,
  ) => Promise<Answer<{ readonly effect: Static<typeof effectSchema> }>>;
  /** `key`: the same act under the same key is done once. `etag`: of the preview; where it would do another thing, nothing is done. */
  readonly carryOut: (key: string, etag: string | null) => Promise<Answer<Done>>;
}

const actOf = <Done>(path: string, body: object): ActRequest<Done> => ({
  preview: (key, signal) =>
    send('POST', `${path}?preview=true`, { body, headers: { 'idempotency-key': key }, signal }),
  carryOut: (key, etag) =>
    send('POST', path, {
      body,
      headers: { 'idempotency-key': key, ...(etag === null ? {} : { 'if-match': etag }) },
    }),
});

export const refundOf = (entryId: number, note: string) =>
  actOf<LedgerEntry>(`/api/admin/ledger/${entryId}/refund`, { note });
export const takeBackOf = (refundId: number, note: string) =>
  actOf<LedgerEntry>(`/api/admin/ledger/${refundId}/take-back`, { note });
export const adjustmentOf = (grantId: number, units: number, note: string) =>
  actOf<LedgerEntry>(`/api/admin/subscriptions/${grantId}/adjustments`, { units, note });
export const endOf = (sessionId: number, charge: boolean, note: string) =>
  actOf<Static<typeof endedSessionSchema>>(`/api/admin/sessions/${sessionId}/end`, { note, charge });
