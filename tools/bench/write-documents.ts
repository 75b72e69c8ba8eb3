import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figures } from './figures.ts';
import { renderPicture } from './picture/picture.ts';
import { costsOf, renderCapacity } from './report/capacity.ts';
import { parseLimits } from './report/limits.ts';
import { pictureName } from './report/picture-name.ts';
import { renderReport } from './report/report.ts';

const DOCS = join(import.meta.dirname, '../..', 'docs');
const LIMITS = join(import.meta.dirname, 'limits.md');

/** The files that the figures make, by their path below docs/. */
export async function documentsOf(figures: Figures): Promise<ReadonlyMap<string, string>> {
  const limits = parseLimits(await readFile(LIMITS, 'utf8'));
  const curves = figures.experiments.flatMap(({ curves: all = [] }) => all);
  const costs = costsOf(figures);
  return new Map([
    ['performance.md', renderReport(figures, limits)],
    ...(costs === null ? [] : [['capacity.md', renderCapacity(costs)] as const]),
    ...curves.map((curve) => [`pictures/${pictureName(curve)}`, renderPicture(curve)] as const),
  ]);
}

/** Writes them, and takes away the pictures of which there is no curve any more. */
export async function writeDocuments(figures: Figures): Promise<void> {
  const documents = await documentsOf(figures);
  const pictures = join(DOCS, 'pictures');
  await mkdir(pictures, { recursive: true });
  for (const [path, text] of documents) await writeFile(join(DOCS, path), text);
  for (const name of await readdir(pictures))
    if (name.endsWith('.svg') && !documents.has(`pictures/${name}`)) await rm(join(pictures, name));
}
