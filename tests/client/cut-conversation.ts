/** A conversation over a network that breaks after a given byte, and how it comes out. */
import { expect } from 'vitest';
import type { Chat } from '../../src/client/create-client.ts';
import type { CuttingProxy, Direction, openCuttingProxy } from './cutting-proxy.ts';

export type Cut = Parameters<typeof openCuttingProxy>[1];

/** `EVERY_BYTE=1` cuts after each byte in turn, which takes minutes; else after some, spread over the whole. */
const SAMPLES = process.env['EVERY_BYTE'] === undefined ? 40 : Infinity;
export const TEXTS = ['Good morning', 'How are you?', 'Until next time'];

export interface Conversation {
  /** The numbers of the events that the app was told, in order. */
  readonly heard: readonly number[];
  readonly shown: readonly (readonly [text: string | null, state: string])[];
}

/** Starts the session, sends the three texts, ends it, and waits until the client shows the end. */
export async function converse(chat: Chat): Promise<Conversation> {
  const heard: number[] = [];
  chat.on('*', ({ n }) => heard.push(n));
  await chat.start();
  await Promise.all(TEXTS.map((text) => chat.send(text).sent));
  const { event_no: head } = await chat.end();
  await expect
    .poll(() => [chat.get().n, chat.get().session?.is_ended], { timeout: 20_000, interval: 10 })
    .toEqual([head, true]);
  return { heard, shown: chat.get().messages.map(({ text, state }) => [text, state] as const) };
}

/** Has the conversation once whole and then once for each cut, `atOnce` of them at a time. */
export async function cutAnywhere<Ending extends { readonly passed: CuttingProxy['passed'] }>(
  direction: Direction,
  atOnce: number,
  over: (cut: Cut) => Promise<Ending>,
  expectWhole: (ending: Ending) => Promise<void> | void,
): Promise<void> {
  const whole = await over(null);
  await expectWhole(whole);
  const bytes = whole.passed[direction];
  expect(bytes).toBeGreaterThan(1_000);
  const count = Math.min(SAMPLES, bytes);
  const cuts = Array.from({ length: count }, (_cut, index) => Math.floor((index * bytes) / count));
  for (let from = 0; from < cuts.length; from += atOnce) {
    const endings = await Promise.all(
      cuts.slice(from, from + atOnce).map((afterByte) => over({ direction, afterByte })),
    );
    for (const ending of endings) await expectWhole(ending);
  }
}
