import type { Caller } from './caller.ts';

/** Tokens that were found good a moment ago, so that an app that calls every second is not checked every second. */
export interface RememberedCallers {
  /** Who showed this very token, if that was a moment ago and the token is still good. */
  readonly recall: (token: string, nowMs: number) => Caller | null;
  readonly remember: (token: string, caller: Caller, nowMs: number) => void;
}

/** As long, and as many, as are remembered; what lies longest goes first. Never beyond a token's own end. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_TOKENS = 10_000;

export function createRememberedCallers(): RememberedCallers {
  const known = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  return {
    recall: (token, nowMs) => {
      const found = known.get(token);
      if (found === undefined) return null;
      if (nowMs < found.untilMs) return found.caller;
      known.delete(token);
      return null;
    },
    remember: (token, caller, nowMs) => {
      const untilMs = Math.min(caller.tokenExpiresAtMs, nowMs + REMEMBERED_MS);
      known.set(token, { caller, untilMs });
      if (known.size <= REMEMBERED_TOKENS) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}
