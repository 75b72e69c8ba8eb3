/** A clinic whose receipts and timelines are read through the real routes. */
import { expect } from 'vitest';
import type { Policy } from '../../src/billing/policy.ts';
import { hs256 } from '../../tools/kit/tokens.ts';
import { engineDouble } from '../http/engine-double.ts';
import { openApp } from '../http/open-app.ts';
import { bearer, claims } from '../http/tokens.ts';
import { ADMIN, openClinic, PATIENT, started } from './clinic.ts';

interface Explanation {
  readonly rule: string;
  readonly sentence: string;
}

interface Answer {
  readonly end_explanation: Explanation | null;
  readonly blocks: readonly {
    readonly interval_no: number;
    readonly state: string;
    readonly reason: string | null;
    readonly explanation: Explanation;
    readonly refund_explanation: Explanation | null;
  }[];
}

interface TimelineAnswer extends Answer {
  readonly ledger: readonly {
    readonly kind: string;
    readonly interval_no: number | null;
    readonly explanation: Explanation;
    readonly is_taken_back: boolean;
  }[];
}

/** Session 1 of the patient has just started, with five units of grant 11. */
export async function openExplained(policy: Partial<Policy> = {}) {
  const clinic = await openClinic({ policy });
  await clinic.grant(11, 5);
  await clinic.book(1);
  const session = await started(clinic, 1);
  const { app } = await openApp({ engine: { ...engineDouble(), reads: clinic.reads } });
  const ask = async <Data>(url: string, user: Record<string, unknown>): Promise<Data> => {
    const answer = await app.inject({ url, headers: bearer(hs256(claims(user))) });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json<{ data: Data }>().data;
  };
  return {
    clinic,
    app,
    session,
    receipt: (query = '') => ask<Answer>(`/api/text-appointments/1/receipt${query}`, { sub: PATIENT }),
    timeline: (query = '') =>
      ask<TimelineAnswer>(`/api/admin/sessions/${session}${query}`, { sub: ADMIN, role: 'admin' }),
  };
}
