import type { Incident } from '../incident.ts';

/**
 * The fault in whose time this was due: the last one that had begun by then and was not over and recovered. Null:
 * it was due in peace, and no fault explains it.
 */
export function blame(dueMs: number, incidents: readonly Incident[]): Incident | null {
  return (
    incidents.findLast(
      ({ startMs, recoveredMs }) => startMs <= dueMs && (recoveredMs === null || dueMs <= recoveredMs),
    ) ?? null
  );
}
