import type { Records } from './records.ts';
import { flawOfEnd } from './charges.ts';

/** Whether the records agree with each other: every sum, every prefix, every end. Each line is one difference. */
export function checkLedger({ sessions, entries, grants }: Records): readonly string[] {
  return [
    ...checkBalances({ entries, grants }),
    ...checkUse({ sessions, entries }),
    ...sessions.flatMap((session) => flawOfEnd(session) ?? []),
  ];
}

/** R14: a grant's remaining units are the sum of its entries, and never below zero on the way there. */
function checkBalances({ entries, grants }: Pick<Records, 'entries' | 'grants'>): readonly string[] {
  const differences: string[] = [];
  const sums = new Map<number, number>();
  for (const { id, grantId, units, balanceAfter } of entries) {
    const sum = (sums.get(grantId) ?? 0) + units;
    sums.set(grantId, sum);
    if (sum < 0) differences.push(`grant ${grantId} is at ${sum} after entry ${id}`);
    if (sum !== balanceAfter)
      differences.push(
        `entry ${id} says that grant ${grantId} is at ${balanceAfter}, its entries say ${sum}`,
      );
  }
  for (const { id, remaining, held, holds } of grants) {
    const sum = sums.get(id) ?? 0;
    if (sum !== remaining) differences.push(`grant ${id} has ${remaining}, its entries say ${sum}`);
    if (held !== holds) differences.push(`grant ${id} has ${held} held, its sessions hold ${holds}`);
  }
  return differences;
}

/** `sessions_used` is charges less refunds; a charge is refunded once, and only what was charged. */
function checkUse({ sessions, entries }: Pick<Records, 'sessions' | 'entries'>): readonly string[] {
  const used = new Map<number, number>();
  const refunded = new Set<string>();
  const charged = new Set<string>();
  const differences: string[] = [];
  for (const { id, kind, sessionId, intervalNo, units } of entries) {
    if (sessionId === null) continue;
    used.set(sessionId, (used.get(sessionId) ?? 0) - units);
    const block = `${sessionId} ${intervalNo}`;
    if (kind === 'charge') charged.add(block);
    if (kind !== 'refund') continue;
    if (!charged.has(block)) differences.push(`entry ${id} refunds what was not charged before`);
    if (refunded.has(block)) differences.push(`entry ${id} refunds a charge a second time`);
    refunded.add(block);
  }
  for (const { id, unitsUsed } of sessions) {
    const sum = used.get(id) ?? 0;
    if (sum !== unitsUsed) differences.push(`session ${id} has used ${unitsUsed}, its entries say ${sum}`);
  }
  return differences;
}
