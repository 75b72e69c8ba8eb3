/**
 * The instants at which something can happen to a session by itself. More of them than needed does no harm: the
 * deadlines ask for themselves whether it is exactly now. One too few would, which a test rules out by walking
 * every timeline over every instant as well.
 */
import type { Session, State } from './naive-state.ts';

/** The first instant after t at which a deadline of anybody can fall; Infinity where nobody has one. */
export function nextDeadlineAfter(state: State, t: number): number {
  let next = Infinity;
  for (const session of state.active) {
    for (const at of candidates(session, t)) if (at > t && at < next) next = at;
  }
  return next;
}

function candidates({ startedAt, terms, writes }: Session, t: number): number[] {
  const completed = Math.floor((t - startedAt) / terms.interval);
  const instants = [startedAt + (completed + 1) * terms.interval, startedAt + terms.firstActivity];
  if (terms.maxDuration !== null) instants.push(startedAt + terms.maxDuration);
  if (terms.idle !== null) instants.push((writes.at(-1)?.at ?? startedAt) + terms.idle);
  if (terms.doctorResponse !== null) {
    const firstOfPatient = writes.find(({ role }) => role === 'patient');
    if (firstOfPatient !== undefined) instants.push(firstOfPatient.at + terms.doctorResponse);
  }
  return instants;
}
