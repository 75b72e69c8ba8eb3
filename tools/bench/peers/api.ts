import fastifyJwt from '@fastify/jwt';
import Fastify, { type FastifyInstance } from 'fastify';

/** What a peer's API can do. Every peer answers through this one service, so that only their designs differ. */
export interface PeerVerbs {
  /** Null where no session can be started. */
  readonly start: (appointmentId: number, userId: number) => Promise<StartedSession | null>;
  /** Null where the caller has no active session there. */
  readonly recordActivity: (appointmentId: number, userId: number) => Promise<RecordedActivity | null>;
  readonly close: () => Promise<void>;
}

export interface StartedSession {
  readonly sessionId: number;
  readonly nextDeductionAt: Date;
}

export interface RecordedActivity {
  readonly sessionId: number;
  readonly lastActivityAt: Date;
}

const BODY = {
  type: 'object',
  required: ['appointment_id'],
  properties: { appointment_id: { type: 'integer', minimum: 1 } },
} as const;

const answer = (data: Record<string, { readonly type: string }>) => ({
  type: 'object',
  properties: {
    success: { type: 'boolean' },
    message: { type: 'string' },
    data: { type: 'object', properties: data },
  },
});

const FAILURE = {
  type: 'object',
  properties: { success: { type: 'boolean' }, code: { type: 'string' }, message: { type: 'string' } },
};

const STARTED = answer({ session_id: { type: 'integer' }, next_deduction_at: { type: 'string' } });
const RECORDED = answer({ session_id: { type: 'integer' }, last_activity_time: { type: 'string' } });

/** Serves until the process is asked to stop: Fastify, a checked token, a schema for what comes and what goes. */
export async function serveAppointments(
  { secret, port }: { readonly secret: string; readonly port: number },
  verbs: PeerVerbs,
  stopped: Promise<unknown>,
): Promise<void> {
  const app = Fastify();
  await app.register(fastifyJwt, {
    secret,
    // A token that was found good is remembered, as the product does.
    verify: { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'], cache: 10_000, cacheTTL: 60_000 },
  });
  app.get('/health/ready', () => 'ready');
  addRoutes(app, verbs);
  await app.listen({ host: '127.0.0.1', port });
  await stopped;
  await app.close();
  await verbs.close();
}

interface FromClient {
  readonly Body: { readonly appointment_id: number };
}

function addRoutes(app: FastifyInstance, verbs: PeerVerbs): void {
  app.post<FromClient>(
    '/api/text-appointments/start-session',
    { schema: { body: BODY, response: { 200: STARTED, '4xx': FAILURE } } },
    async (request, reply) => {
      const userId = subjectOf(await request.jwtVerify());
      const session = await verbs.start(request.body.appointment_id, userId);
      if (session === null)
        return reply
          .code(409)
          .send({ success: false, code: 'not_startable', message: 'No session was started' });

      const { sessionId, nextDeductionAt } = session;
      const data = { session_id: sessionId, next_deduction_at: nextDeductionAt.toISOString() };
      return { success: true, message: 'The session is active', data };
    },
  );
  app.post<FromClient>(
    '/api/text-appointments/update-activity',
    { schema: { body: BODY, response: { 200: RECORDED, '4xx': FAILURE } } },
    async (request, reply) => {
      const userId = subjectOf(await request.jwtVerify());
      const activity = await verbs.recordActivity(request.body.appointment_id, userId);
      if (activity === null)
        return reply
          .code(404)
          .send({ success: false, code: 'no_active_session', message: 'No active session' });

      const { sessionId, lastActivityAt } = activity;
      const data = { session_id: sessionId, last_activity_time: lastActivityAt.toISOString() };
      return { success: true, message: 'The activity is recorded', data };
    },
  );
}

function subjectOf(claims: unknown): number {
  if (typeof claims === 'object' && claims !== null && 'sub' in claims) return Number(claims.sub);
  throw new Error('a token without a subject was found good');
}
