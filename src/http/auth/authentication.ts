import { createPublicKey } from 'node:crypto';
import fastifyJwt, { type FastifyJWTOptions, type Secret, type TokenOrHeader } from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Caller, callerFrom, createRememberedCallers } from './caller.ts';
import { algorithmOf, createKeySet, type KeyAlgorithm, KeysUnavailable, pemOf } from './key-set.ts';
import { type AuthenticationSettings, MIN_SECRET_BYTES, type TokenKey } from './settings.ts';

const REMEMBERED_TOKENS = 10_000;

/** Who sent a request; null where that is nobody. @throws KeysUnavailable */
export type Recognise = (request: FastifyRequest) => Promise<Caller | null>;

export interface Authentication {
  /** By its `Authorization: Bearer` header. */
  readonly bearer: Recognise;
  /** By a token that came in another way than a header, such as in a frame or a form. @throws KeysUnavailable */
  readonly token: (request: FastifyRequest, token: string) => Promise<Caller | 'expired' | 'unknown'>;
}

declare module 'fastify' {
  interface FastifyRequest {
    readonly bodyJwtVerify: FastifyRequest['jwtVerify'];
    /** The token of the frame or the form that is being answered. */
    bodyToken: string | undefined;
  }
}

/** @throws Error where the settings are not safe, such as a secret that is too short. */
export async function registerAuthentication(
  app: FastifyInstance,
  settings: AuthenticationSettings,
): Promise<Authentication> {
  const { secret, verify } = keyOptions(settings);
  const { notBeforeToleranceMs = 0 } = settings;
  const options = {
    secret,
    decode: { complete: true },
    formatUser: (claims: unknown) => callerFrom(claims, Date.now() + notBeforeToleranceMs),
  };
  const checks = { ...verify, ...checksOf(settings) };
  await app.register(fastifyJwt, { ...options, verify: { ...checks, extractToken: bearerTokenOf } });
  app.decorateRequest('bodyToken');
  await app.register(fastifyJwt, {
    ...options,
    namespace: 'body',
    verify: { ...checks, extractToken: ({ bodyToken }) => bodyToken },
  });
  // So that the token of an app that calls every second is not checked every second.
  const remembered = createRememberedCallers(REMEMBERED_TOKENS);

  async function recognise(
    request: FastifyRequest,
    token: string | undefined,
    check: () => Promise<unknown>,
  ) {
    if (token === undefined) return null;
    const known = remembered.recall(token, Date.now());
    if (known !== null) return known;
    try {
      await check();
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      return null;
    }
    // Left here by the library, through `formatUser`.
    const caller = request.user;
    if (caller !== null) remembered.remember(token, caller, Date.now());
    return caller;
  }

  return {
    bearer: (request) => recognise(request, bearerTokenOf(request), () => request.jwtVerify()),
    token: async (request, token) => {
      request.bodyToken = token;
      let isExpired = false;
      const caller = await recognise(request, token, () =>
        request.bodyJwtVerify().catch((error: unknown) => {
          isExpired = codeOf(error) === 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED';
          throw error;
        }),
      );
      return caller ?? (isExpired ? 'expired' : 'unknown');
    },
  };
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const bearerTokenOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer ([\w.-]+)$/i.exec(headers.authorization ?? '')?.[1];

function keyOptions(key: TokenKey): Pick<Required<FastifyJWTOptions>, 'secret' | 'verify'> {
  switch (key.kind) {
    case 'secret':
      return { secret: { public: soundSecret(key.secret) }, verify: { algorithms: ['HS256'] } };
    case 'public_key': {
      const { pem, algorithm } = soundPublicKey(key.pem);
      return { secret: { public: pem }, verify: { algorithms: [algorithm] } };
    }
    case 'jwks': {
      const algorithms: KeyAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];
      return { secret: { public: keyFetcher(key.url) }, verify: { algorithms } };
    }
  }
}

/** The library checks issuer and audience only where a token has them, so they are required too. */
function checksOf({ issuer, audience }: Pick<AuthenticationSettings, 'issuer' | 'audience'>) {
  return {
    // The library's tolerance would be one for `exp`, too; `callerFrom` checks `nbf`.
    ignoreNotBefore: true,
    requiredClaims: [
      'sub',
      'exp',
      ...(issuer === null ? [] : ['iss']),
      ...(audience === null ? [] : ['aud']),
    ],
    ...(issuer === null ? {} : { allowedIss: issuer }),
    ...(audience === null ? {} : { allowedAud: audience }),
  };
}

function soundSecret(secret: string): string {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    throw new Error(`the secret of access tokens must have at least ${MIN_SECRET_BYTES} bytes`);
  if (secret.includes('-----BEGIN ') || /^\s*[{[]/.test(secret))
    throw new Error('the secret of access tokens looks like a published key: configure it as one');
  return secret;
}

function soundPublicKey(pem: string): { readonly pem: string; readonly algorithm: KeyAlgorithm } {
  if (pem.includes('PRIVATE KEY'))
    throw new Error(
      'a private key was configured where the public one belongs: replace it, it is not secret now',
    );
  const key = createPublicKey(pem);
  const algorithm = algorithmOf(key);
  if (algorithm === null)
    throw new Error('the public key must be RSA with at least 2048 bits, P-256 or Ed25519');
  return { pem: pemOf(key), algorithm };
}

function keyFetcher(url: string): Secret {
  const { protocol, hostname } = new URL(url);
  if (
    protocol !== 'https:' &&
    !(protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  )
    throw new Error(
      'JWT_JWKS_URL must use https: over plain http anyone on the network could replace the keys',
    );
  const keySet = createKeySet(url);
  return async (_request: FastifyRequest, token: TokenOrHeader) => {
    const pem = await keySet.keyFor('header' in token ? token.header : token);
    if (pem === null) throw new Error('the key set has no key that fits the token');
    return pem;
  };
}
