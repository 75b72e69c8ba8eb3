import { styleText } from 'node:util';
import type { Paint, Tone } from '../kit/table.ts';

const STYLES = {
  plain: 'reset',
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** Colours where somebody looks at a terminal and has not set NO_COLOR. */
export const paint: Paint = (tone, text) =>
  tone === 'plain' || text === '' ? text : styleText(STYLES[tone], text, { stream: process.stdout });
