import type { GrantId, PatientId, SessionId, UserId } from '../billing/ids.ts';
import type { StoredMessage, SessionEvent, Loaded, Needs } from './store.ts';
import type { LedgerFilter, LedgerRecord, Page, SessionFilter } from './reads.ts';

/** One picture of what a command would see, with the whole history of the sessions that it names. */
export interface Picture {
  readonly loaded: Loaded;
  readonly entries: readonly LedgerRecord[];
  readonly events: readonly SessionEvent[];
}

/** The port behind which the history lives: what was written, for those who ask. */
export interface Records {
  readonly picture: (needs: Needs) => Promise<Picture>;
  readonly messages: (id: SessionId, after: number, limit: number) => Promise<readonly StoredMessage[]>;
  readonly sessionIds: (filter: SessionFilter) => Promise<Page<SessionId>>;
  readonly ledger: (filter: LedgerFilter) => Promise<Page<LedgerRecord>>;
  readonly correction: (admin: UserId, idempotencyKey: string) => Promise<LedgerRecord | null>;
  /** Every grant that the patient ever had. */
  readonly grantIds: (patientId: PatientId) => Promise<readonly GrantId[]>;
}
