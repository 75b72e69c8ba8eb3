/**
 * What access tokens are signed with. The algorithm follows from this alone, never from the token: a shared
 * secret means HS256, a public key the algorithm of its type (RS256, ES256 or EdDSA).
 */
export type AuthenticationSettings = TokenKey & {
  /** What `iss` has to be; null = it is not checked. */
  readonly issuer: string | null;
  /** What `aud` has to be or to contain; null = it is not checked. */
  readonly audience: string | null;
  /** How far ahead of our clock the one that signs tokens may be: `nbf` may lie that far in the future. @default 0 */
  readonly notBeforeToleranceMs?: number;
};

export type TokenKey =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'public_key'; readonly pem: string }
  | { readonly kind: 'jwks'; readonly url: string };

/** RFC 7518, section 3.2: a key for HS256 has at least the size of the hash. */
export const MIN_SECRET_BYTES = 32;
