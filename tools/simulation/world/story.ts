/** What happened in a simulation, for a reader, and the hash by which two runs are told apart. */
import type { Instant } from '../../../src/billing/time.ts';
import { hashOf } from '../../kit/random.ts';

export interface Story {
  readonly tell: (line: string) => void;
  readonly lines: () => readonly string[];
  /** Of every line with its instant. */
  readonly hash: () => string;
}

export const BEGINNING_MS = 1_800_000_000_000;

/** `12.345 s` after the beginning. */
export const secondsOf = (at: Instant): string => `${((at - BEGINNING_MS) / 1000).toFixed(3)} s`;

export function openStory(now: () => Instant): Story {
  const lines: string[] = [];
  let hash: number | undefined;
  return {
    tell: (line) => {
      const dated = `${secondsOf(now()).padStart(10)}  ${line}`;
      hash = hashOf(dated, hash);
      lines.push(dated);
    },
    lines: () => lines,
    hash: () => (hash ?? 0).toString(16).padStart(8, '0'),
  };
}
