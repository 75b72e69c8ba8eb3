export interface BannerFacts {
  readonly baseUrl: string;
  readonly patientToken: string;
  readonly doctorToken: string;
  readonly adminToken: string;
  readonly appointmentId: number;
  /** Units that the patient can spend. */
  readonly units: number;
  /** A UUID that no message has used yet. */
  readonly messageId: string;
}

/** Where the running product is found. */
export function renderAddresses(baseUrl: string): string {
  return `
  API     ${baseUrl}/api
  Manual  ${baseUrl}/docs
  Queues  ${baseUrl}/admin/queues (sign in with an administrator's token)

Stop with Ctrl-C.
`;
}

/** What somebody needs to try the product who has only just started it. */
export function renderBanner(facts: BannerFacts): string {
  const appointments = `${facts.baseUrl}/api/text-appointments`;
  const patient = `-H 'authorization: Bearer ${facts.patientToken}'`;
  const json = `-H 'content-type: application/json'`;
  return `${renderAddresses(facts.baseUrl)}
Tokens, good for 12 hours:

patient 101        ${facts.patientToken}

doctor 201         ${facts.doctorToken}

administrator 1    ${facts.adminToken}

Appointment ${facts.appointmentId} of this patient with this doctor can be started now; the patient has ${facts.units} units.

curl -sS -X POST ${appointments}/start-session ${patient} ${json} -d '{"appointment_id": ${facts.appointmentId}}'

curl -sS -X POST ${appointments}/${facts.appointmentId}/messages ${patient} ${json} -d '{"client_message_id": "${facts.messageId}", "text": "Good morning, doctor."}'

curl -sS ${appointments}/${facts.appointmentId}/session-status ${patient}
`;
}
