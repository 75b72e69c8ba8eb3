import { setTimeout as pause } from 'node:timers/promises';
import { type HttpConnection, openConnection } from './http-connection.ts';
import { percentile } from '../statistics.ts';

export interface LoadRound {
  readonly perSecond: number;
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What the load generator itself used for each request. */
  readonly generatorCpuUs: number;
}

export interface Load {
  readonly port: number;
  /** Connections, each with one request under way at most. */
  readonly clients: number;
  readonly seconds: number;
  /** Sent in turn, again and again. */
  readonly requests: readonly Buffer[];
  /** Requests a second in all, evenly; without it each client sends as soon as it was answered. */
  readonly rate?: number;
}

/** What is still not answered so long after the last request was due never will be. */
const PATIENCE_MS = 10_000;

/**
 * Sends requests for so many seconds. With a rate, a latency counts from the instant at which the request was due,
 * whether or not a connection was free then: nothing that a slow answer holds up is left out (no coordinated
 * omission). Without one, it counts from when the request was sent.
 * @throws where an answer is not a 2xx, a connection breaks, or answers stay away.
 */
export async function putLoad(load: Load): Promise<LoadRound> {
  const failures: Error[] = [];
  const connections = await Promise.all(
    Array.from({ length: load.clients }, () => openConnection(load.port, (error) => failures.push(error))),
  );
  const cpu = process.cpuUsage();
  try {
    const { latencies, seconds } =
      load.rate === undefined
        ? await asFastAsAnswered(connections, load, failures)
        : await atRate(connections, load, load.rate, failures);
    const { user, system } = process.cpuUsage(cpu);
    const sorted = latencies.sort((a, b) => a - b);
    return {
      perSecond: sorted.length / seconds,
      answered: sorted.length,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      generatorCpuUs: (user + system) / sorted.length,
    };
  } finally {
    for (const connection of connections) connection.close();
  }
}

interface Answers {
  readonly latencies: number[];
  readonly seconds: number;
}

async function asFastAsAnswered(
  connections: readonly HttpConnection[],
  { seconds, requests }: Load,
  failures: readonly Error[],
): Promise<Answers> {
  const latencies: number[] = [];
  const take = inTurn(requests);
  const start = performance.now();
  const end = start + seconds * 1000;
  let busy = connections.length;
  const go = (connection: HttpConnection): void => {
    const sentAt = performance.now();
    if (sentAt >= end) {
      busy -= 1;
      return;
    }
    connection.send(take(), () => {
      latencies.push(performance.now() - sentAt);
      go(connection);
    });
  };
  for (const connection of connections) go(connection);
  await until(() => busy === 0, end + PATIENCE_MS, failures);
  return { latencies, seconds: (performance.now() - start) / 1000 };
}

async function atRate(
  connections: readonly HttpConnection[],
  { seconds, requests }: Load,
  rate: number,
  failures: readonly Error[],
): Promise<Answers> {
  const latencies: number[] = [];
  const take = inTurn(requests);
  const free = [...connections];
  const total = Math.round(seconds * rate);
  const start = performance.now();
  const dueAt = (number: number): number => start + (number * 1000) / rate;
  let sent = 0;
  const sendWhatIsDue = (): void => {
    while (sent < total && dueAt(sent) <= performance.now()) {
      const connection = free.shift();
      if (connection === undefined) return;
      const due = dueAt(sent);
      sent += 1;
      connection.send(take(), () => {
        latencies.push(performance.now() - due);
        free.push(connection);
        sendWhatIsDue();
      });
    }
  };
  const clock = setInterval(sendWhatIsDue, 1);
  try {
    await until(() => latencies.length === total, dueAt(total) + PATIENCE_MS, failures);
  } finally {
    clearInterval(clock);
  }
  return { latencies, seconds: (performance.now() - start) / 1000 };
}

function inTurn(requests: readonly Buffer[]): () => Buffer {
  let next = 0;
  return () => {
    const request = requests[next % requests.length];
    next += 1;
    if (request === undefined) throw new Error('there are no requests to send');
    return request;
  };
}

async function until(isDone: () => boolean, deadline: number, failures: readonly Error[]): Promise<void> {
  while (!isDone()) {
    const [failure] = failures;
    if (failure !== undefined)
      throw new Error(`the load broke off, ${failures.length} connections failed`, { cause: failure });
    if (performance.now() > deadline)
      throw new Error(`answers stayed away for ${PATIENCE_MS / 1000} s after the last request was due`);
    await pause(10);
  }
}
