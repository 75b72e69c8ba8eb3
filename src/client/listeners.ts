import type { Report } from './problem.ts';

export interface Listeners<Value> {
  /** Gives what takes it away again. */
  readonly add: (listener: (value: Value) => void) => () => void;
  readonly call: (value: Value) => void;
}

/** A listener that throws is reported, and keeps no other from hearing. */
export function createListeners<Value>(report: Report): Listeners<Value> {
  const listeners = new Set<(value: Value) => void>();
  return {
    add: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    call: (value) => {
      for (const listener of listeners) {
        try {
          listener(value);
        } catch (cause) {
          report({ code: 'listener_failed', cause });
        }
      }
    },
  };
}
