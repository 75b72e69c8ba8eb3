/** The part of docs/performance.md that says what was done, whatever came of it. */
export const HOW_TO_READ = `## How to read it

- **ours** and **floor** are the medians of the rounds, with the lowest and the highest. The two sides take turns within
  a round, and the **ratio** is taken round by round: a machine that slows down for a while slows both.
- **met** or **missed** is computed from the medians and the aim. What missed is explained above.
- **processor time** is what the processes used for each operation by the system's own accounting (\`/proc\`), ours, not
  the floor's. Other work on the machine changes rates, but hardly this. PostgreSQL is all its processes together.
- **activities**: \`POST /api/text-appointments/update-activity\` over HTTP, with a token, a schema and a commit to disk
  before the answer, from 64 connections over 4,096 live sessions, each request sent as soon as the last was answered.
- **pgbench**: PostgreSQL's own benchmark on the same server and settings (\`fsync\` and \`synchronous_commit\` on), with
  prepared statements and as many connections.
- **the same route doing nothing**: the same program, route, token and schema over an engine that answers at once.
- **The load generator** is a small one of our own, on plain sockets, in the bench's own process and on the same cores.
  What it costs stands beside each rate; nothing was subtracted for it, on either side.
- **Latencies** under a given rate count from the instant at which a request was due, whether or not a connection was
  free then, so that waiting behind a slow answer counts (no coordinated omission). Requests are due evenly; the
  generator's clock ticks once a millisecond, and that is in the figure, on both sides.
- **deductions**: sessions whose first block has just ended, all alarms waiting in Redis, and a worker process is
  started. Counted in the database, between the first batch and the last: ledger entry, audit line, balance, session
  and next alarm.
- **no-op jobs**: as many BullMQ jobs on the same Redis, a worker of the same concurrency, a handler that does nothing.
- **After every experiment** the product's auditor (\`npm run audit\`) recomputes every session and balance from the audit
  log alone, and after every backlog the charges are counted. An experiment whose ledger is not true has no figures.
- **WAL** is the distance that PostgreSQL's log went on, whoever wrote; a round of warming up before it writes the whole
  pages that follow a checkpoint.
- **memory** is resident memory, once a second. Under full load activities come as fast as they are answered, in sessions
  of four-second blocks, so that the worker has a thousand deductions to do each second.`;
