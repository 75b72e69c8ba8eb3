import type { Asked } from './plan.ts';

/** `start of 11 by the patient`. */
export function describe(asked: Asked): string {
  const { kind } = asked;
  const by = 'by' in asked ? ` by the ${asked.by}` : '';
  switch (asked.kind) {
    case 'subscribe':
      return `subscribe grant ${asked.grant} of ${asked.units} until ${asked.expiresAtMs ?? 'ever'}`;
    case 'adjust':
      return `adjust grant ${asked.grant} by ${asked.units}, key ${asked.key}`;
    case 'refund':
      return `refund block ${asked.intervalNo} of ${asked.appointment}, key ${asked.key}`;
    case 'message':
      return `message ${asked.message} in ${asked.appointment}${by}`;
    case 'book':
      return `book ${asked.appointment} for ${asked.scheduledAtMs}`;
    case 'activity':
      return `activity (${asked.way}) in ${asked.appointment}${by}`;
    case 'start':
    case 'end':
    case 'status':
    case 'end_by_admin':
      return `${kind} of ${asked.appointment}${by}`;
  }
}
