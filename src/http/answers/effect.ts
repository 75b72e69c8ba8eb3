import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { LedgerEntry } from '../../billing/ledger.ts';
import type { Effect, EffectUnits } from '../../sessions/effect.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';
import { id, instant, nullable, units } from '../schemas.ts';
import { entryKind, entryReason } from './ledger.ts';

const entrySchema = Type.Object({
  kind: entryKind,
  reason: entryReason,
  units,
  interval_no: nullable(Type.Integer()),
  grant_id: id,
  session_id: nullable(id),
  effective_at: instant,
});

const unitsSchema = (description: string) =>
  Type.Object({ units, entries: Type.Array(entrySchema) }, { description });

export const effectSchema = Type.Object({
  due_anyway: unitsSchema('What is due by itself and not written yet'),
  adds: unitsSchema(
    'What the act adds to that. `units` are charges less refunds of a session that is ended, and what the grant gains ' +
      'by anything else: negative where it loses',
  ),
  grants: Type.Array(
    Type.Object({
      grant_id: id,
      before: Type.Integer({ description: 'Units that remain, once what is due is written' }),
      after: Type.Integer(),
      usable: Type.Boolean({ description: 'false: the grant has expired, and its units pay for nothing' }),
    }),
  ),
  session: nullable(
    Type.Object({
      session_id: id,
      units_before: Type.Integer(),
      units_after: Type.Integer(),
      funded_until: nullable(instant),
    }),
  ),
  other_sessions: Type.Array(
    Type.Object({
      session_id: id,
      funded_until_before: nullable(instant),
      funded_until: nullable(instant),
    }),
    { description: 'Other active sessions of the patient that can go on for longer, or less long' },
  ),
});

type EffectJson = Type.Static<typeof effectSchema>;

export const effectJson = (effect: Effect): EffectJson => ({
  due_anyway: unitsJson(effect.dueAnyway),
  adds: unitsJson(effect.adds),
  grants: effect.grants.map(({ grantId, before, after, isUsable }) => ({
    grant_id: grantId,
    before,
    after,
    usable: isUsable,
  })),
  session:
    effect.session === null
      ? null
      : {
          session_id: effect.session.sessionId,
          units_before: effect.session.unitsBefore,
          units_after: effect.session.unitsAfter,
          funded_until: rfc3339OrNull(effect.session.fundedUntil),
        },
  other_sessions: effect.otherSessions.map((other) => ({
    session_id: other.sessionId,
    funded_until_before: rfc3339(other.fundedUntilBefore),
    funded_until: rfc3339(other.fundedUntil),
  })),
});

const unitsJson = (given: EffectUnits) => ({ units: given.units, entries: given.entries.map(entryJson) });

const entryJson = (entry: LedgerEntry): Type.Static<typeof entrySchema> => ({
  kind: entry.kind,
  reason: entry.reason,
  units: entry.units,
  interval_no: entry.intervalNo,
  grant_id: entry.grantId,
  session_id: entry.sessionId,
  effective_at: rfc3339(entry.effectiveAt),
});

/**
 * The same for the same effect, at any time. Left out are the instants of what the act adds, which is always due now, and
 * what was due anyway, which a worker may write between the preview and the act.
 */
export function etagOf(effect: Effect): string {
  const { adds, due_anyway: _written, ...rest } = effectJson(effect);
  const entries = adds.entries.map(({ effective_at: _now, ...entry }) => entry);
  const text = JSON.stringify({ ...rest, adds: { ...adds, entries } });
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, TAG_LENGTH)}"`;
}

/** 132 bits. */
const TAG_LENGTH = 22;
