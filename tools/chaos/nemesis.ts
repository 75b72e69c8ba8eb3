import { chooseFaults } from './choose-faults.ts';
import { done, type Fault, type Incident, type Injected } from './fault.ts';
import { type Random, randomFrom } from '../kit/random.ts';
import type { Rig } from './rig/rig.ts';
import { openRecoveryWait, type Recovered } from './watch/recovery.ts';
import { rateBetween, type Sample } from './watch/sampler.ts';

export interface NemesisOptions {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Whether to go on, asked before each fault. */
  readonly goesOn: () => boolean;
  /** True: the next fault comes as soon as all processes are ready, without a pause to measure in. */
  readonly isHurried: boolean;
  readonly say: (words: string) => void;
  readonly halted: AbortSignal;
}

export interface Faults {
  readonly incidents: readonly Incident[];
  /** Faults whose moment did not come. */
  readonly missed: readonly string[];
}

/** How often a second fault comes at the same time. In a hurry always: an API and a worker start side by side. */
const TWO_AT_ONCE = 0.2;
const RATE_WINDOW_MS = 3_000;
/** In a hurry, after this many faults, everything is left in peace until it has recovered. */
const FAULTS_BETWEEN_RESTS = 20;

/** Injects one fault after the other, as the seed says, and measures how the product recovers from each. */
export async function injectFaults(
  rig: Rig,
  samples: readonly Sample[],
  options: NemesisOptions,
): Promise<Faults> {
  const { halted, say, isHurried, seed } = options;
  const wait = openRecoveryWait(rig.processes, samples, halted);
  const incidents: Incident[] = [];
  const missed: string[] = [];
  let injections = 0;
  let isPeace = true;
  /** The last throughput in peace. */
  let rateBefore: number | null = null;
  for (const choice of chooseFaults(seed, options.faults, isHurried ? 1 : TWO_AT_ONCE)) {
    if (halted.aborted || !options.goesOn()) break;
    const now = Date.now();
    if (isPeace) rateBefore = rateBetween(samples, now - RATE_WINDOW_MS, now) ?? rateBefore;
    const injected = await Promise.all(choice.map((fault) => injectOne(rig, fault, seed, (injections += 1))));
    const endMs = Math.max(...injected.map((one) => one.endMs));
    isPeace = !isHurried || injections % FAULTS_BETWEEN_RESTS < choice.length;
    const recovered = isPeace
      ? await wait.untilRecovered({ fromMs: endMs, rateBefore: isHurried ? null : rateBefore })
      : await wait.untilReady();
    if (isPeace) await wait.rest(RATE_WINDOW_MS);
    if (halted.aborted) break;
    for (const one of injected)
      if (one.injected.kind === 'missed') missed.push(`${one.fault}: ${one.injected.why}`);
      else incidents.push(incidentOf(one, one.injected, recovered, rateBefore, samples, isPeace));

    say(wordsOf(injected, endMs, recovered));
  }
  return { incidents, missed };
}

interface InjectedOne {
  readonly number: number;
  readonly fault: string;
  readonly injected: Injected;
  readonly startMs: number;
  readonly endMs: number;
}

async function injectOne(rig: Rig, fault: Fault, seed: number, number: number): Promise<InjectedOne> {
  const startMs = Date.now();
  const random = randomFrom(seed, `fault ${number}`);
  const injected = await injectOrReport(fault, rig, random);
  return { number, fault: fault.name, injected, startMs, endMs: Date.now() };
}

async function injectOrReport(fault: Fault, rig: Rig, random: Random): Promise<Injected> {
  try {
    return await fault.inject(rig, random);
  } catch (error) {
    return done('broken off', [`it could not be carried out: ${String(error)}`]);
  }
}

/** A throughput cannot be measured in less time. */
const SHORTEST_MS = 1_500;

function incidentOf(
  { number, fault, startMs, endMs }: InjectedOne,
  { detail, problems }: Extract<Injected, { kind: 'done' }>,
  recovered: Recovered | null,
  rateBefore: number | null,
  samples: readonly Sample[],
  isPeace: boolean,
): Incident {
  const afterMs = recovered?.atMs ?? endMs;
  return {
    number,
    fault,
    detail,
    startMs,
    endMs,
    recoveredMs: recovered?.atMs ?? null,
    rateBefore,
    rateDuring: rateBetween(samples, startMs, Math.max(endMs, startMs + SHORTEST_MS)),
    rateAfter: isPeace ? rateBetween(samples, afterMs, afterMs + RATE_WINDOW_MS) : null,
    problems,
  };
}

function wordsOf(injected: readonly InjectedOne[], endMs: number, recovered: Recovered | null): string {
  const names = injected.map((one) =>
    one.injected.kind === 'done'
      ? `${one.fault} (${one.injected.detail})`
      : `${one.fault}: missed, ${one.injected.why}`,
  );
  const number = String(injected[0]?.number ?? '').padStart(4);
  if (recovered === null) return `${number}  ${names.join(' and ')}: has NOT recovered in time`;
  const after = (Math.max(0, recovered.atMs - endMs) / 1000).toFixed(1);
  const last = recovered.last === null ? '' : `, ${recovered.last} last`;
  return `${number}  ${names.join(' and ')}: recovered after ${after} s${last}`;
}
