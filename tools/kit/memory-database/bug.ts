/**
 * A guarantee that the in-memory database can be made to break, to show what the guarantee is for.
 */
export type DatabaseBug =
  /** Transactions no longer wait for each other's accounts. */
  | 'no_account_lock'
  /** The same, and two charges of one block are both written. */
  | 'no_account_lock_nor_unique_keys'
  /** Activities no longer wait for the batch that has their session, nor the other way round. */
  | 'no_session_lock'
  /** A session is loaded with the policy that was stored last, whichever session that was. */
  | 'policy_not_kept_per_session'
  /** The fast path takes an activity that comes at the stored deadline itself. */
  | 'touch_at_the_deadline'
  /** The fast path takes a role's first activity, and does not record the role. */
  | 'touch_of_a_first_activity'
  /** The load reads the clock before it waits for the locks. */
  | 'load_reads_the_clock_before_its_locks';
