import { createSign, type KeyObject, sign } from 'node:crypto';
import { admin, doctor, patient } from '../../src/http/documentation/examples.ts';
import { encode, hs256 } from '../../tools/kit/tokens.ts';

const MINUTE_SECONDS = 60;

/** Seconds since 1970, from now. */
export const inMinutes = (count: number): number => Math.floor(Date.now() / 1000) + count * MINUTE_SECONDS;

/** What a sound token of a patient says. */
export const claims = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  sub: patient,
  exp: inMinutes(10),
  ...more,
});

export function signedWith(key: KeyObject, alg: string, payload: unknown, header: object = {}): string {
  const input = `${encode({ alg, typ: 'JWT', ...header })}.${encode(payload)}`;
  const data = Buffer.from(input);
  const signature =
    alg === 'EdDSA'
      ? sign(null, data, key)
      : createSign('sha256').update(data).sign({ key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const asPatient = () => bearer(hs256(claims()));
export const asDoctor = () => bearer(hs256(claims({ sub: doctor })));
export const adminToken = (more: Record<string, unknown> = {}) =>
  hs256(claims({ sub: admin, role: 'admin', ...more }));
export const asAdmin = () => bearer(adminToken());
