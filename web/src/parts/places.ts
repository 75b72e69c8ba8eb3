import { linkOptions } from '@tanstack/react-router';
import type { Hit } from '../api.ts';

/** What the console has numbers of. */
export type NumberKind = Hit['kind'];

/** Where the console shows what has this number: `<Link {...placeOf('session', 7)}>`. */
export function placeOf(kind: NumberKind, number: number) {
  const params = { id: String(number) };
  switch (kind) {
    case 'patient':
      return linkOptions({ to: '/patients/$id', params });
    case 'session':
      return linkOptions({ to: '/sessions/$id', params });
    case 'appointment':
      return linkOptions({ to: '/appointments/$id', params });
    case 'grant':
      return linkOptions({ to: '/grants/$id', params });
    case 'entry':
      return linkOptions({ to: '/entries/$id', params });
    case 'doctor':
      return linkOptions({ to: '/sessions', search: { doctor_id: params.id } });
  }
}

const KINDS: ReadonlySet<string> = new Set<NumberKind>([
  'patient',
  'session',
  'appointment',
  'grant',
  'entry',
  'doctor',
]);

export const isNumberKind = (word: string): word is NumberKind => KINDS.has(word);
