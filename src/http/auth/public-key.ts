import type { KeyObject } from 'node:crypto';

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
