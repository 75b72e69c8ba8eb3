import { MUTANTS_OF_THE_FOLLOWERS } from './of-the-followers.ts';
import { MUTANTS_OF_THE_PATH } from './of-the-path.ts';
import { MUTANTS_OF_THE_RULES } from './of-the-rules.ts';
import type { Mutant } from './mutant.ts';

/**
 * What the database guarantees, taken away. The unique keys alone are not in the list: under the account's lock
 * nothing ever reaches them, so to show what they are for, the lock has to go with them.
 */
const MUTANTS_OF_THE_DATABASE: readonly Mutant[] = [
  { name: 'database: accounts are not locked', bug: 'no_account_lock' },
  {
    name: 'database: accounts are not locked, and nothing is unique',
    bug: 'no_account_lock_nor_unique_keys',
  },
  {
    name: 'database: sessions are not locked, so a batch overwrites an activity',
    bug: 'no_session_lock',
  },
  { name: 'database: the policy is not kept per session', bug: 'policy_not_kept_per_session' },
  { name: 'database: the fast path accepts at the deadline', bug: 'touch_at_the_deadline' },
  { name: "database: the fast path takes a role's first activity", bug: 'touch_of_a_first_activity' },
  {
    name: 'database: the load reads the clock before its locks',
    bug: 'load_reads_the_clock_before_its_locks',
  },
];

/** Every deliberate fault that the simulation, or the property of the followers, has to find. */
export const MUTANTS: readonly Mutant[] = [
  ...MUTANTS_OF_THE_RULES,
  ...MUTANTS_OF_THE_PATH,
  ...MUTANTS_OF_THE_DATABASE,
  ...MUTANTS_OF_THE_FOLLOWERS,
];
