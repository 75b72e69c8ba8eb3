/** Deliberate faults on the one path for every change, and in what sets and answers alarms. */
import { type Mutant, mutantOf } from './mutant.ts';

const inSessions = mutantOf('src/sessions');

export const MUTANTS_OF_THE_PATH: readonly Mutant[] = [
  inSessions(
    'callers are answered before the commit',
    'executor',
    'return attempt(decide);',
    'const answer = attempt(decide); answer(0); return answer;',
  ),
  inSessions(
    'alarms are armed before the commit',
    'executor',
    '(loaded) => decideAll(batch, loaded)',
    '(loaded) => { const decided = decideAll(batch, loaded); void arming.track(alarms.arm(decided.result.alarms)); return decided; }',
  ),
  inSessions(
    'a new session gets no alarm',
    'writes',
    'at === null ||',
    'at === null || !loaded.counters.has(session.id) ||',
  ),
  inSessions(
    'a deadline that came nearer gets no alarm',
    'writes',
    'at === loaded.counters.get(session.id)?.nextDeadlineAt',
    'at <= (loaded.counters.get(session.id)?.nextDeadlineAt ?? -1)',
  ),
  inSessions(
    'half of a refused batch is forgotten',
    'executor',
    'await carryOut(batch.slice(half), next);',
    '',
  ),
  {
    name: 'an ending is rolled back by the error that reports it',
    file: 'src/sessions/executor.ts',
    find: 'return () => resolve(outcome);',
    replace: "return Object.assign(() => resolve(outcome), { isRefusal: outcome.kind === 'refused' });",
    also: {
      find: 'return attempt(decide);',
      replace: `let refusal: Answer | null = null;
      try {
        return attempt((work) => {
          const answer = decide(work);
          if (!('isRefusal' in answer) || answer.isRefusal !== true) return answer;
          refusal = answer;
          throw new Error('refused');
        });
      } catch (error) {
        if (refusal !== null) return refusal;
        throw error;
      }`,
    },
  },
  inSessions(
    'the numbers of events are not counted',
    'unit-of-work',
    'put(recorded.eventCounts, sessionId, eventNo);',
    '',
  ),
  inSessions(
    'the numbers of messages are not counted',
    'unit-of-work',
    'put(recorded.messageCounts, sessionId, messageNo);',
    '',
  ),
  inSessions('the count of events is not stored', 'writes', 'recorded.eventCounts.get(session.id) ?? ', ''),
  inSessions(
    'a deadline that came nearer is stored where it was',
    'writes',
    'now < stored && stored <= due ? stored',
    'now < stored ? stored',
  ),
  inSessions(
    'the end is recorded anew by every change that follows it',
    'writes',
    '(counters?.endRecordedAt ?? now)',
    'now',
  ),
  inSessions(
    'a top-up does not settle the account first',
    'unit-of-work',
    'accountWith(patientOfGrant.get(id), ',
    `((home) => {
      const found = loaded.accounts.find(({ patientId }) => patientId === home);
      return found && (recorded.accounts.get(found.patientId) ?? { account: found, accountNow: loaded.now });
    })(patientOfGrant.get(id)) ?? accountWith(patientOfGrant.get(id), `,
  ),
  inSessions(
    'a charge that R9 gives back just now can be refunded once more',
    'unit-of-work',
    'undone: entry.undone ?? undoneIn(recorded, entry)',
    'undone: entry.undone',
  ),
  inSessions(
    'an idempotency key is not looked for in the batch itself',
    'unit-of-work',
    '[...loaded.corrections, ...correctionsIn(recorded)]',
    '[...loaded.corrections]',
  ),
  inSessions(
    'a message id is not looked for in the batch itself',
    'unit-of-work',
    '[...loaded.messages, ...recorded.messages]',
    '[...loaded.messages]',
  ),
  inSessions(
    'a repeated message is stored again',
    'commands/activity',
    'work.message(session.id, clientMessageId)',
    'null as ReturnType<typeof work.message>',
  ),
  inSessions(
    'a repeated adjustment is made again',
    'commands/corrections',
    "refuse('subscription_not_found');\n    const made = work.correction(admin, idempotencyKey)",
    "refuse('subscription_not_found');\n    const made = null as ReturnType<typeof work.correction>",
  ),
  inSessions(
    'a repeated refund is made again',
    'commands/corrections',
    "if (entry === null) return refuse('entry_not_found');\n      const made = work.correction(admin, idempotencyKey)",
    "if (entry === null) return refuse('entry_not_found');\n      const made = null as ReturnType<typeof work.correction>",
  ),
  inSessions(
    'the action of a correction is not recorded',
    'commands/corrections',
    'work.recordAction({ ...target, ...data, actorId: admin, patientId, note, requestId });',
    '',
  ),
  inSessions(
    'a repeated end is recorded as an action again',
    'commands/end',
    "    if (session.state === 'ended') return endedBefore(work, settled, session);\n    const { patientId } = session;",
    `    const { patientId } = session;
    if (session.state === 'ended') {
      const facts = { targetKind: 'session', targetId: sessionId, patientId, note, before: null, after: null } as const;
      work.recordAction({ ...facts, actorId: admin, action: 'session.ended', requestId });
      return endedBefore(work, settled, session);
    }`,
  ),
  inSessions(
    'the fast path says "recorded" where the store failed',
    'fast-path',
    'observer.touchFailed(error);',
    'observer.touchFailed(error); touched = batch.map(() => ({ sessionId: 1, lastActivityAt: 0 }) as never);',
  ),
  inSessions(
    'the fast path forgets those that the executor has to decide',
    'fast-path',
    "resolve(execute('recordActivity', activity));",
    "resolve({ kind: 'recorded', sessionId: 1 as never, lastActivityAt: 0 as never });",
  ),
  inSessions(
    'an overdue session is not settled by the sweep that finds it',
    'sweep',
    "await execute('settle', { sessionId: session.sessionId })",
    "await Promise.resolve({ kind: 'ended' as const })",
  ),
  inSessions(
    'settling an active session says that it is over',
    'commands/settle',
    "if (session.state === 'ended')",
    'if (true)',
  ),
  inSessions(
    'ending an ended session ends it again',
    'commands/end',
    "const { session, settled, role } = part;\n    if (session.state === 'ended')",
    "const { session, settled, role } = part;\n    if (session.state === 'ended' && session.endedAt < 0)",
  ),
  {
    name: 'the sweep is skipped',
    file: 'src/sessions/sweep.ts',
    find: 'const found = await overdue(page);',
    replace: 'const found: readonly OverdueSession[] = [];',
  },
  {
    name: 'all alarms of a session have one name',
    file: 'src/alarms/job.ts',
    find: '`session-${id}-${at}`',
    replace: '`session-${id}-`',
  },
];
