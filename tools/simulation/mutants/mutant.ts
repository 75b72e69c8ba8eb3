interface Edit {
  readonly find: string;
  readonly replace: string;
}

/** One deliberate fault: in our code, or in what the database guarantees. */
import type { DatabaseBug } from '../../kit/memory-database/bug.ts';

export type Mutant = {
  readonly name: string;
  /** Found by the property of the followers, not by the plans of the simulation. */
  readonly isOfFollowers?: boolean;
} & (
  | {
      /** From the project's root. */
      readonly file: string;
      /** Stands in the file exactly once. */
      readonly find: string;
      readonly replace: string;
      /** What else has to change in the same file. */
      readonly also?: Edit;
    }
  | { readonly bug: DatabaseBug }
);

/** Mutants of the files of one folder, by the names that the files have there. */
export const mutantOf =
  (folder: string) =>
  (name: string, file: string, find: string, replace: string): Mutant => ({
    name,
    file: `${folder}/${file}.ts`,
    find,
    replace,
  });

/** What a hunt says at its end where no seed found the mutant. */
export const NOT_FOUND = 'not found';

/** @throws Error where the text to change is not there exactly once: then the list no longer fits the code. */
export function mutated(source: string, mutant: Extract<Mutant, { readonly file: string }>): string {
  const { file, also } = mutant;
  const once = edited(source, file, mutant);
  return also === undefined ? once : edited(once, file, also);
}

function edited(source: string, file: string, { find, replace }: Edit): string {
  const places = source.split(find).length - 1;
  if (places !== 1)
    throw new Error(
      `${file} has ${places} places that read ${JSON.stringify(find)}, and exactly one was expected: ` +
        'the code has changed, so change the list of mutants with it',
    );
  return source.replace(find, () => replace);
}
