/** A clinic whose sessions are followed: a real database, any number of APIs and workers, and a bus between them. */
import type { AddressInfo } from 'node:net';
import type { HttpLimits } from '../../src/http/limits.ts';
import { openLive } from '../../src/live/open-live.ts';
import { createLogger } from '../../src/ops/log.ts';
import type { Wakes } from '../../src/sessions/wakes.ts';
import { hs256 } from '../../tools/kit/tokens.ts';
import { openClinic, openProcess, PATIENT } from '../engine/clinic.ts';
import { openClinicApp } from '../engine/clinic-app.ts';

export const token = (user: number, more: Record<string, unknown> = {}): string =>
  hs256({ sub: user, exp: Math.floor(Date.now() / 1000) + 600, ...more });

export const adminToken = (user: number): string => token(user, { role: 'admin' });

export type FollowedClinic = Awaited<ReturnType<typeof openFollowedClinic>>;
export type Api = Awaited<ReturnType<FollowedClinic['openApi']>>;

export interface PartSettings {
  /** Another way to the bus, as through a proxy. */
  readonly busUrl?: string | null;
  /** What becomes of the wakes that this process gives away; null = they are swallowed. */
  readonly tamper?: (wakes: Wakes) => Wakes | null;
}

/** `redisUrl`: the bus; null = the database. */
export async function openFollowedClinic(redisUrl: string | null = null) {
  const clinic = await openClinic();
  const closers: (() => Promise<void>)[] = [];

  async function openPart(
    name: string,
    followers: 'heard' | 'elsewhere',
    { busUrl = null, tamper }: PartSettings = {},
  ) {
    const live = await openLive(
      {
        databaseUrl: clinic.url,
        liveDatabaseUrl: redisUrl === null ? busUrl : null,
        redisUrl: redisUrl === null ? null : (busUrl ?? redisUrl),
      },
      name,
      clinic.database.events.marks,
      followers,
      createLogger('test', 'silent'),
    );
    const process = openProcess(clinic.url, {
      wake: (wakes) => {
        const left = tamper === undefined ? wakes : tamper(wakes);
        if (left !== null) live.wake(left);
      },
    });
    closers.push(async () => {
      await live.close();
      await process.close();
    });
    return { live, process };
  }

  return {
    ...clinic,
    /** A process that settles and has no followers. */
    openWorker: async () => (await openPart('worker', 'elsewhere')).process,
    openApi: async (limits: Partial<HttpLimits> = {}, settings: PartSettings = {}) => {
      const { live, process } = await openPart('api', 'heard', settings);
      const stopping = new AbortController();
      let opened = 0;
      let watchers = 0;
      const closeCodes: number[] = [];
      const app = await openClinicApp(process, {
        hub: {
          watch: (appointment, onWake) => {
            const unwatch = live.hub.watch(appointment, onWake);
            watchers += 1;
            return () => {
              watchers -= 1;
              unwatch();
            };
          },
        },
        limits: { requestsPerMinute: 100_000, liveDrainMs: 0, ...limits },
        stopping: stopping.signal,
        metrics: {
          liveOpened: () => void (opened += 1),
          liveClosed: (code) => {
            opened -= 1;
            closeCodes.push(code);
          },
        },
      });
      await app.listen({ host: '127.0.0.1', port: 0 });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
      const { port } = app.server.address() as AddressInfo;
      let stopped: Promise<unknown> | null = null;
      const stop = async (): Promise<void> => {
        await (stopped ??= Promise.resolve(app.close()));
      };
      closers.unshift(stop);
      return {
        ...process,
        stop,
        /** As at SIGTERM, some seconds before the app is closed. */
        warn: () => stopping.abort(),
        sockets: () => opened,
        /** Of the sockets that were closed, in order. */
        closeCodes: () => closeCodes,
        /** What waits in our memory for clients to take it. */
        heldBytes: () =>
          [...app.websocketServer.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0),
        /** Follows, and requests that wait. */
        watchers: () => watchers,
        live,
        port,
        url: `http://127.0.0.1:${port}/api`,
        socketUrl: `ws://127.0.0.1:${port}/api/live`,
      };
    },
    close: async () => {
      for (const close of closers) await close();
      await clinic.close();
    },
  };
}

/** A frame of the server. */
export type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** A client's socket that keeps whatever comes. */
export async function openSocket(url: string) {
  const socket = new WebSocket(url);
  const frames: Frame[] = [];
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  });
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no socket could be opened at ${url}`)));
  });
  return {
    frames,
    closed,
    send: (frame: unknown) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    sendBytes: (bytes: Uint8Array<ArrayBuffer>) => socket.send(bytes),
    close: () => socket.close(),
    ofType: (type: string): Frame[] => frames.filter((frame) => frame.type === type),
    /** The events of an appointment, in the order in which they came. */
    events: (
      appointment: number,
    ): { readonly n: number; readonly type: string; readonly data: Record<string, unknown> }[] =>
      frames.flatMap((frame) =>
        frame.type === 'event' && frame['appointment_id'] === appointment ? [Object(frame['event'])] : [],
      ),
  };
}

export type Socket = Awaited<ReturnType<typeof openSocket>>;

/** The events route, as one user asks it. */
export async function askEvents(
  api: Pick<Api, 'url'>,
  appointment: number,
  query: string,
  bearer: string = token(PATIENT),
  signal?: AbortSignal,
) {
  const answer = await fetch(`${api.url}/text-appointments/${appointment}/events?${query}`, {
    headers: { authorization: `Bearer ${bearer}` },
    ...(signal === undefined ? {} : { signal }),
  });
  const body = Object(await answer.json());
  return { status: answer.status, headers: answer.headers, body, data: Object(body.data) };
}

/** Resolves once the follower of this socket has been told where it stands. */
export async function following(api: Pick<Api, 'socketUrl'>, user: number, appointment: number, after = 0) {
  const socket = await openSocket(api.socketUrl);
  const follow = [{ appointment_id: appointment, after }];
  socket.send({ type: 'hello', token: token(user), follow });
  await until(() => socket.ofType('following').length === 1, 10_000);
  return socket;
}

/** Resolves once it holds. @throws where it does not in time. */
export async function until(holds: () => boolean, timeoutMs: number): Promise<void> {
  const lastMs = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > lastMs) throw new Error(`after ${timeoutMs} ms not yet: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
