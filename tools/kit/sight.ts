/** What somebody on the wire can tell from the protocol alone, just before it is passed on. */
export type Sight =
  /** A program asks PostgreSQL to commit. */
  | 'commit_asked'
  /** PostgreSQL has committed and says so. */
  | 'commit_done'
  /** A program sends Redis a script with the id of an alarm among its arguments: to set it, or to put it back. */
  | 'alarm_asked'
  /** Redis has run such a script and answers. */
  | 'alarm_done';

/** Reads along one connection, in both directions, from its first byte. */
export interface Reader {
  readonly fromClient: (chunk: Buffer) => readonly Sight[];
  readonly fromServer: (chunk: Buffer) => readonly Sight[];
}
