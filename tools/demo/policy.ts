/** The clock of the demo: ten minutes of the clinic are two seconds here. All stories share it. */
export const INTERVAL_SECONDS = 2;
/** Long enough that a silent doctor costs one interval first, so that something has to be given back. */
export const DOCTOR_RESPONSE_SECONDS = 3;

/** The settings under which API and worker run. What is not named here has its default. */
export const POLICY_SETTINGS = {
  SESSION_INTERVAL_SECONDS: String(INTERVAL_SECONDS),
  SESSION_DOCTOR_RESPONSE_SECONDS: String(DOCTOR_RESPONSE_SECONDS),
} as const;
