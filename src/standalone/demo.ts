import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { connectDemoApi, DEMO_ADMIN_ID, DEMO_DOCTOR_ID, DEMO_PATIENT_ID, prepareDemo } from './demo-data.ts';

/** Prepares the demo through the API and says how to try it. Throws where the API refuses. */
export async function openDemo(baseUrl: string, dataDir: string, settings: DemoSettings): Promise<string> {
  const nowMs = Date.now();
  const patientToken = signDemoToken({ userId: DEMO_PATIENT_ID }, settings, nowMs);
  const doctorToken = signDemoToken({ userId: DEMO_DOCTOR_ID }, settings, nowMs);
  const admin = { userId: DEMO_ADMIN_ID, role: 'admin' } as const;
  const adminToken = signDemoToken(admin, settings, nowMs);
  const api = connectDemoApi(baseUrl, { patient: patientToken, admin: adminToken });
  const data = await prepareDemo(api, join(dataDir, 'demo.json'), nowMs);
  return renderBanner({
    ...data,
    baseUrl,
    patientToken,
    doctorToken,
    adminToken,
    linkToken: signDemoToken({ ...admin, tokenId: randomUUID() }, settings, Date.now(), LINK_SECONDS),
    messageId: randomUUID(),
    intervalMs: settings.intervalMs,
  });
}

export interface BannerFacts {
  readonly baseUrl: string;
  readonly patientToken: string;
  readonly doctorToken: string;
  readonly adminToken: string;
  /** Opens one session of the console. */
  readonly linkToken: string;
  readonly appointmentId: number;
  /** Units that the patient can spend. */
  readonly units: number;
  /** A UUID that no message has used yet. */
  readonly messageId: string;
  /** How long a block lasts. */
  readonly intervalMs: number;
}

/** The addresses of the running product, without tokens: the secret is the operator's own. */
export const renderAddresses = (baseUrl: string): string =>
  `
${renderOtherAddresses(baseUrl)}  Console  ${baseUrl}/admin (sign in with an administrator's token)

Stop with Ctrl-C.
`;

const renderOtherAddresses = (baseUrl: string): string =>
  `  API      ${baseUrl}/api
  Manual   ${baseUrl}/docs
`;

/** The token is in no request and in no log: a browser does not send what follows a #. */
const renderDemoAddresses = ({ baseUrl, linkToken }: BannerFacts): string => `
  Demo     ${baseUrl}/demo (a patient, a doctor and the clock between them)
${renderOtherAddresses(baseUrl)}  Console  ${baseUrl}/admin/sign-in#token=${linkToken}
           (signs administrator 1 in, once, within ${LINK_SECONDS / 60} minutes; afterwards with the token below)

Stop with Ctrl-C.
`;

/** What a person needs who tries the product for the first time. */
function renderBanner(facts: BannerFacts): string {
  const appointments = `${facts.baseUrl}/api/text-appointments`;
  const patient = `-H 'authorization: Bearer ${facts.patientToken}'`;
  const json = `-H 'content-type: application/json'`;
  return `${renderDemoAddresses(facts)}
Tokens, good for 12 hours:

patient 101        ${facts.patientToken}

doctor 201         ${facts.doctorToken}

administrator 1    ${facts.adminToken}

Appointment ${facts.appointmentId} of this patient with this doctor can be started now; the patient has ${facts.units} units.
${renderBlocks(facts.intervalMs)}
Start the session, write, and see how it stands:

curl -sS -X POST ${appointments}/start-session ${patient} ${json} -d '{"appointment_id": ${facts.appointmentId}}'

curl -sS -X POST ${appointments}/${facts.appointmentId}/messages ${patient} ${json} -d '{"client_message_id": "${facts.messageId}", "text": "Good morning, doctor."}'

curl -sS ${appointments}/${facts.appointmentId}/session-status ${patient}

End it, and read why each unit was taken:

curl -sS -X POST ${appointments}/end-session ${patient} ${json} -d '{"appointment_id": ${facts.appointmentId}}'

curl -sS ${appointments}/${facts.appointmentId}/receipt ${patient}
`;
}

/** When the first unit goes, and how to see that sooner than in ten minutes. */
function renderBlocks(intervalMs: number): string {
  const seconds = intervalMs / 1000;
  const block = seconds % 60 === 0 && seconds > 60 ? `${seconds / 60} minutes` : `${seconds} seconds`;
  const sooner =
    seconds > 60 ? 'To see units go within a minute:           SESSION_INTERVAL_SECONDS=20 npm start\n' : '';
  return `A unit pays for a block of ${block}. The first goes ${block} after the start, or at the end of the session
where that comes sooner.

${sooner}To see six appointments from start to end:  npm run demo
`;
}

export interface DemoCaller {
  readonly userId: number;
  readonly role?: 'admin';
  /** `jti`: such a token opens one session of the console. */
  readonly tokenId?: string;
}

export interface TokenSettings {
  readonly secret: string;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

export interface DemoSettings extends TokenSettings {
  /** How long a block lasts. */
  readonly intervalMs: number;
}

const LIFETIME_SECONDS = 12 * 3600;
/** Enough time to read the terminal and click. */
const LINK_SECONDS = 15 * 60;

/** A JSON Web Token (HS256) that the API accepts for 12 hours, or as long as is said. `nowMs`: since 1970. */
export function signDemoToken(
  caller: DemoCaller,
  settings: TokenSettings,
  nowMs: number,
  lifetimeSeconds = LIFETIME_SECONDS,
): string {
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    sub: String(caller.userId),
    role: caller.role,
    jti: caller.tokenId,
    iss: settings.issuer,
    aud: settings.audience,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
  };
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createHmac('sha256', settings.secret).update(body).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
