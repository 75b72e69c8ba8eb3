import { type QueryKey, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ActRequest } from '../api.ts';
import { clockOf } from '../parts/time.tsx';
import type { Effect } from './effect-words.ts';
import { CHANGED, isLost, troubleWords } from './trouble.ts';

/** What a dialog needs in order to do something that cannot be undone by pressing a button again. */
export interface Act {
  /** What it would do, as the engine says now; null until that is loaded. */
  readonly effect: Effect | null;
  /** In words, why nothing was done, or why it cannot be; null where nothing is wrong. */
  readonly trouble: string | null;
  readonly isSending: boolean;
  /** It is being sent, or may have been done already: only the very same request may go again. */
  readonly isFixed: boolean;
  readonly send: (note: string) => void;
  /** Only where the preview could not be loaded. */
  readonly loadAgain: (() => void) | null;
}

/** `request`: null while something has still to be chosen. `onDone` gets what the server answered. */
export function useAct<Done>(
  request: ((note: string) => ActRequest<Done>) | null,
  choice: QueryKey,
  onDone: (done: Done) => void,
): Act {
  const client = useQueryClient();
  // One act, whatever becomes of its answers: the server does it once.
  const [key] = useState(newKey);
  // Two presses in one moment come before anything is drawn anew.
  const isUnderWay = useRef(false);
  const preview = useQuery({
    queryKey: ['preview', key, ...choice],
    queryFn: ({ signal }) => {
      if (request === null) throw new Error('nothing to preview');
      return request('').preview(key, signal);
    },
    enabled: request !== null,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const sending = useMutation({
    mutationFn: async (note: string) => {
      if (request === null || preview.data === undefined) throw new Error('nothing to send');
      return (await request(note).carryOut(key, preview.data.etag)).data;
    },
    onSuccess: async (done) => {
      onDone(done);
      // What every page shows of it is another now.
      await client.invalidateQueries({ predicate: ({ queryKey: [first] }) => first !== 'preview' });
    },
    onError: async ({ code }) => {
      if (code === 'effect_changed') await preview.refetch();
    },
    onSettled: () => {
      isUnderWay.current = false;
    },
  });
  const isLoaded = preview.data !== undefined && !preview.isFetching && !preview.isError;
  const { error } = sending;
  return {
    effect: isLoaded ? preview.data.data.effect : null,
    trouble: troubleOf(),
    isSending: sending.isPending,
    isFixed: sending.isPending || (error !== null && isLost(error)),
    send: (note) => {
      if (isUnderWay.current || !isLoaded) return;
      isUnderWay.current = true;
      sending.mutate(note);
    },
    loadAgain: preview.isError ? () => void preview.refetch() : null,
  };

  function troubleOf(): string | null {
    if (error !== null) return error.code === 'effect_changed' ? CHANGED : troubleWords(error, clockOf);
    return preview.isError ? troubleWords(preview.error, clockOf) : null;
  }
}

/** Also where the page came over plain http, which has no crypto.randomUUID. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
