import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { connectDemoApi } from './demo-api.ts';
import { renderBanner } from './demo-banner.ts';
import { DEMO_ADMIN_ID, DEMO_DOCTOR_ID, DEMO_PATIENT_ID, prepareDemo } from './demo-data.ts';
import { signDemoToken } from './demo-token.ts';
import type { TokenSettings } from './demo-token.ts';

/** Prepares the demo through the API and says how to try it. Throws where the API refuses. */
export async function openDemo(baseUrl: string, dataDir: string, settings: TokenSettings): Promise<string> {
  const nowMs = Date.now();
  const patientToken = signDemoToken({ userId: DEMO_PATIENT_ID }, settings, nowMs);
  const doctorToken = signDemoToken({ userId: DEMO_DOCTOR_ID }, settings, nowMs);
  const adminToken = signDemoToken({ userId: DEMO_ADMIN_ID, role: 'admin' }, settings, nowMs);
  const api = connectDemoApi(baseUrl, { patient: patientToken, admin: adminToken });
  const data = await prepareDemo(api, join(dataDir, 'demo.json'), nowMs);
  return renderBanner({ ...data, baseUrl, patientToken, doctorToken, adminToken, messageId: randomUUID() });
}
