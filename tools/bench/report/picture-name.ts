import type { Curve } from '../row.ts';

/** `latency-of-an-activity.svg`: from the title, so that titles must differ. */
export const pictureName = ({ title }: Pick<Curve, 'title'>): string =>
  `${title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}.svg`;
