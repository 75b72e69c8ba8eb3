import type { ActionData, ActName } from '../../sessions/admin-actions.ts';

/** What a person does on the board, and to what. */
interface BoardAct {
  readonly action: ActName;
  /** The queue, the job or the state, as the path names them; without a queue it concerns all queues. */
  readonly to: ActionData;
}

/** No name on the board is that long. */
const MAX_LENGTH = 200;

/** Acts on the jobs of one state, whose name follows. */
const BY_STATE = new Set(['retry', 'clean']);
/** Acts whose name has two parts. */
const IN_TWO_PARTS = new Set(['rate-limit']);

/**
 * Reads an act off the path below `/admin/queues/`, as the board makes it: `api/queues/QUEUE/JOB/retry`. A path
 * that the board does not know is an act too: somebody tried it.
 */
export function boardActOf(path: string): BoardAct {
  const [api, queues, ...rest] = path.split('/').map(decoded);
  if (api !== 'api' || queues !== 'queues') return unknownAct(path);
  const [queue = '', second = '', third = '', fourth = ''] = rest;
  switch (rest.length) {
    case 1:
      return actOf(queue, {}, path);
    case 2:
      return actOf(second, { queue }, path);
    case 3:
      if (BY_STATE.has(second)) return actOf(second, { queue, state: third }, path);
      if (IN_TWO_PARTS.has(second)) return actOf(`${second}_${third}`, { queue }, path);
      if (second === 'job-schedulers') return actOf('update_scheduler', { queue, scheduler: third }, path);
      return actOf(third, { queue, job: second }, path);
    case 4:
      if (second === 'job-schedulers') return actOf(`${fourth}_scheduler`, { queue, scheduler: third }, path);
      return unknownAct(path);
    default:
      return unknownAct(path);
  }
}

function actOf(name: string, to: ActionData, path: string): BoardAct {
  const word = name.replaceAll('-', '_');
  return /^[a-z_]{1,40}$/.test(word) ? { action: `queue.${word}`, to } : unknownAct(path);
}

const unknownAct = (path: string): BoardAct => ({
  action: 'queue.unknown',
  to: { path: path.slice(0, MAX_LENGTH) },
});

function decoded(part: string): string {
  try {
    return decodeURIComponent(part).slice(0, MAX_LENGTH);
  } catch {
    return part.slice(0, MAX_LENGTH);
  }
}
