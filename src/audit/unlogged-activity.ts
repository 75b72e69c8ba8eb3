import type { Input } from './input.ts';

/**
 * Only a role's first activity and every message have a line in the log, and the end says when somebody wrote last.
 * Between two logged activities the session is taken to have been attended: whether an unlogged one postponed an
 * idle end in good time cannot be known. The first activity of all is always logged, so before it nothing is added.
 */
export function withUnloggedActivity(
  inputs: readonly Input[],
  lastActivityAt: number | null,
  idleSeconds: number | null,
): readonly Input[] {
  const attended: Input[] = [];
  let last: Input | null = null;
  for (const input of withLastActivity(inputs, lastActivityAt)) {
    if (isWrite(input)) {
      if (last !== null && idleSeconds !== null) attended.push(...between(last, input, idleSeconds * 1000));
      last = input;
    }
    attended.push(input);
  }
  return attended;
}

/** Adds the last activity of all where it has no line of its own: before the end, whatever the instant. */
function withLastActivity(inputs: readonly Input[], lastActivityAt: number | null): readonly Input[] {
  const last = inputs.findLast(isWrite);
  if (last === undefined || lastActivityAt === null || last.action.at >= lastActivityAt) return inputs;
  const later = inputs.findIndex((input) => input.action.at > lastActivityAt || isEnd(input));
  const place = later === -1 ? inputs.length : later;
  return inputs.toSpliced(place, 0, at(last, lastActivityAt));
}

/** So many activities that idleness never runs out between two. */
function between(a: Input, b: Input, idleMs: number): Input[] {
  const stepMs = Math.max(1, idleMs - 1);
  const count = Math.max(0, Math.ceil((b.action.at - a.action.at) / stepMs) - 1);
  return Array.from({ length: count }, (_, i) => at(a, a.action.at + (i + 1) * stepMs));
}

const at = (input: Input, instant: number): Input => ({
  ...input,
  action: { ...input.action, at: instant },
});

const isWrite = ({ action }: Input): boolean => action.kind === 'write';
const isEnd = ({ action }: Input): boolean => action.kind === 'end' || action.kind === 'admin_end';
