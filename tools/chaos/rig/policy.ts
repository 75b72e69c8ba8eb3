/** So short that thousands of deductions fall due within minutes. */
export const INTERVAL_MS = 3_000;
export const IDLE_MS = 7_000;

/** The same, as the product's settings. */
export const POLICY_SETTINGS = {
  SESSION_INTERVAL_SECONDS: String(INTERVAL_MS / 1000),
  SESSION_IDLE_SECONDS: String(IDLE_MS / 1000),
} as const;
