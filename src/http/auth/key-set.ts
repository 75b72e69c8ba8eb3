import { createPublicKey, type KeyObject } from 'node:crypto';

export type KeyAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

const MIN_RSA_BITS = 2048;

/** The one algorithm that we accept with this public key; null where there is none. */
export function algorithmOf(key: KeyObject): KeyAlgorithm | null {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength >= MIN_RSA_BITS ? 'RS256' : null;
    case 'ec':
      return namedCurve === 'prime256v1' ? 'ES256' : null;
    case 'ed25519':
      return 'EdDSA';
    default:
      return null;
  }
}

export const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });

/** The keys could not be fetched, so nobody can be recognised: our trouble, not the caller's. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The public keys that an identity provider publishes (a JSON Web Key Set, RFC 7517). */
export interface KeySet {
  /**
   * The key that a token names, as PEM; null where the set has none that fits. A set of one key fits a token that
   * names none, and its key may have no name.
   * @throws KeysUnavailable where the set could not be fetched.
   */
  readonly keyFor: (header: { readonly kid?: unknown; readonly alg?: unknown }) => Promise<string | null>;
}

interface PublishedKey {
  readonly kid: string | undefined;
  readonly pem: string;
  readonly algorithm: KeyAlgorithm;
}

export interface KeySetTimes {
  /** How long the set is used before it is fetched again. */
  readonly freshMs: number;
  /** How long it is used at most while it cannot be fetched. */
  readonly staleMs: number;
  /** The shortest time between two attempts: tokens that name unknown keys cause no more. */
  readonly pauseMs: number;
  readonly timeoutMs: number;
}

const DEFAULT_TIMES: KeySetTimes = { freshMs: 600_000, staleMs: 3_600_000, pauseMs: 10_000, timeoutMs: 5000 };

export function createKeySet(url: string, times: KeySetTimes = DEFAULT_TIMES): KeySet {
  let keys: readonly PublishedKey[] = [];
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let attemptedAtMs = Number.NEGATIVE_INFINITY;
  let failure: unknown = null;
  let underWay: Promise<void> | null = null;

  const ageMs = (): number => performance.now() - fetchedAtMs;

  async function refresh(): Promise<void> {
    try {
      keys = await fetchKeys(url, times.timeoutMs);
      fetchedAtMs = performance.now();
      failure = null;
    } catch (error) {
      failure = error;
    }
  }

  /** One attempt at a time, and none too soon after the last. Never rejects. */
  function refreshOnce(): Promise<void> {
    if (underWay === null && performance.now() - attemptedAtMs < times.pauseMs) return Promise.resolve();
    attemptedAtMs = performance.now();
    underWay ??= refresh().finally(() => {
      underWay = null;
    });
    return underWay;
  }

  function find(kid: unknown): PublishedKey | undefined {
    const [only, ...others] = keys;
    if (only !== undefined && others.length === 0 && (kid === undefined || only.kid === undefined))
      return only;
    return typeof kid === 'string' ? keys.find((key) => key.kid === kid) : undefined;
  }

  return {
    keyFor: async ({ kid, alg }) => {
      const isUsable = ageMs() <= times.staleMs && find(kid) !== undefined;
      if (ageMs() > times.freshMs || !isUsable) {
        const refreshed = refreshOnce();
        // A key that is known is used at once, while the set is fetched again.
        if (!isUsable) await refreshed;
      }
      if (ageMs() > times.staleMs)
        throw new KeysUnavailable('the key set could not be fetched', { cause: failure });
      const key = find(kid);
      return key !== undefined && key.algorithm === alg ? key.pem : null;
    },
  };
}

/** Far more than any provider publishes. Who answers for it could otherwise fill our memory, or keep us busy. */
const MAX_SET_BYTES = 256 * 1024;
const MAX_KEYS = 100;

async function fetchKeys(url: string, timeoutMs: number): Promise<readonly PublishedKey[]> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!response.ok) throw new Error(`the key set answered with status ${response.status}`);
  const body: unknown = JSON.parse(await readBounded(response));
  const published = typeof body === 'object' && body !== null && 'keys' in body ? body.keys : null;
  if (!Array.isArray(published)) throw new Error('the answer is no JSON Web Key Set: it has no "keys"');
  if (published.length > MAX_KEYS) throw new Error(`the key set has more than ${MAX_KEYS} keys`);
  return published.filter(isObject).flatMap(readKey);
}

async function readBounded({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > MAX_SET_BYTES) throw new Error(`the key set has more than ${MAX_SET_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

const isObject = (entry: unknown): entry is Readonly<Record<string, unknown>> =>
  typeof entry === 'object' && entry !== null;

/** The key, if it is one that signatures can be checked with. A set may hold others, for other uses. */
function readKey(entry: Readonly<Record<string, unknown>>): PublishedKey[] {
  const { kid, use = 'sig', alg } = entry;
  if ((kid !== undefined && typeof kid !== 'string') || use !== 'sig') return [];
  try {
    const key = createPublicKey({ key: entry, format: 'jwk' });
    const algorithm = algorithmOf(key);
    return algorithm === null || (alg !== undefined && alg !== algorithm)
      ? []
      : [{ kid, pem: pemOf(key), algorithm }];
  } catch {
    // A key of a kind that Node does not know, such as a symmetric one: nobody can sign with it here.
    return [];
  }
}
