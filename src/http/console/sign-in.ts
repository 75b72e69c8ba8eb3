import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { AdminActions } from '../../sessions/admin-actions.ts';
import type { Authentication } from '../auth/authentication.ts';
import { clearConsoleCookies, setConsoleCookies, signInIdOf } from '../auth/console-cookie.ts';
import { isForeign, isSameOrigin } from '../auth/same-origin.ts';
import type { SignIns } from '../auth/sign-ins.ts';
import { success } from '../envelope.ts';
import { fail } from '../errors.ts';
import type { CountUser } from '../limits.ts';
import { recordAction } from '../record-action.ts';
import { logWith } from '../request-log.ts';

const TOKEN_LENGTH = 16 * 1024;

const signInSchema = {
  hide: true,
  body: Type.Object(
    {
      token: Type.String({
        minLength: 1,
        maxLength: TOKEN_LENGTH,
        description: 'the access token of an administrator',
      }),
    },
    { additionalProperties: false },
  ),
};

/**
 * How a person gets in and out of the console. The token only opens the door: a session of eight hours goes on without it,
 * so it may live for a minute.
 */
export const signInRoutes: FastifyPluginAsyncTypebox<{
  readonly recogniseToken: Authentication['token'];
  readonly signIns: SignIns;
  readonly actions: AdminActions;
  readonly countUser: CountUser;
}> = async (app, { recogniseToken, signIns, actions, countUser }) => {
  app.post('/sign-in', { schema: signInSchema }, async (request, reply) => {
    // Nobody is to be signed in under a name that a foreign page has chosen.
    if (isForeign(request)) return fail(reply, 'forbidden');
    const caller = await recogniseToken(request, request.body.token.trim());
    if (typeof caller === 'string') return fail(reply, 'unauthenticated');
    logWith(request, { user_id: caller.userId });
    if (!caller.isAdmin) return fail(reply, 'forbidden');
    request.user = caller;
    const seconds = await countUser(request);
    if (seconds !== null) return fail(reply, 'rate_limited', { retryAfterSeconds: seconds });
    const id = await signIns.open(caller);
    if (id === null) return fail(reply, 'unauthenticated');
    // Who was not recorded gets no cookie.
    await recordAction(actions, request, { action: 'signed_in' });
    setConsoleCookies(request, reply, id);
    return success('You are signed in', { user_id: caller.userId, role: 'admin' });
  });

  app.post('/sign-out', { schema: { hide: true } }, async (request, reply) => {
    if (!isSameOrigin(request)) return fail(reply, 'forbidden');
    const id = signInIdOf(request);
    const caller = id === undefined ? null : await signIns.find(id);
    if (id !== undefined && caller !== null) {
      request.user = caller;
      logWith(request, { user_id: caller.userId });
      await recordAction(actions, request, { action: 'signed_out' });
      await signIns.end(id);
    }
    clearConsoleCookies(request, reply);
    return success('You are signed out', {});
  });
};
