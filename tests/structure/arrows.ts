/** Finds the arrows that should not be: imports that the layers do not allow, and cycles. */
import { importsOf, packageOf, targetOf, type Import } from './imports.ts';
import { isInside, type Layer } from './layers.ts';
import type { SourceFile } from './source-files.ts';

/** Every import that no layer allows, in words; none where all arrows point down. */
export const forbiddenArrows = (files: readonly SourceFile[], layers: readonly Layer[]): readonly string[] =>
  files.flatMap((file) => {
    const layer = layers.find(({ folder }) => isInside(folder, file.path));
    if (layer === undefined) return [];
    return importsOf(file.text)
      .filter((found) => !isAllowed(file, found, layer))
      .map(({ specifier }) => `${file.path} may not import ${specifier}`);
  });

function isAllowed(file: SourceFile, found: Import, layer: Layer): boolean {
  const target = targetOf(file, found);
  if (target !== null) {
    const reaches = (place: string) => target === place || isInside(place, target);
    const others = [...layer.mayImport, ...(found.isType ? (layer.mayImportTypes ?? []) : [])];
    return isInside(layer.folder, target) || others.some(reaches);
  }
  const name = packageOf(found);
  if (name === null) return layer.mayUseNode;
  if (found.isType && layer.typesOf?.includes(name) === true) return true;
  return layer.packages.some(
    (allowed) => name === allowed || (allowed.endsWith('/') && name.startsWith(allowed)),
  );
}

/** Files that import each other round in a circle, one line for each circle; none where there is none. */
export function cyclesIn(files: readonly SourceFile[]): readonly string[] {
  const targets = new Map(
    files.map((file) => [file.path, importsOf(file.text).flatMap((found) => targetOf(file, found) ?? [])]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const from = trail.indexOf(path);
    if (from !== -1) circles.push([...trail.slice(from), path].join(' -> '));
    if (from !== -1 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}

/** Which of these files import this package at all, also those that import only its types. */
export const importersOf = (files: readonly SourceFile[], isMeant: (packageName: string) => boolean) =>
  files
    .filter(({ text }) => importsOf(text).some((found) => isMeant(packageOf(found) ?? '')))
    .map(({ path }) => path);
