/** What stands in the fields of a form, as it was typed. */
export type Typed<Name extends string> = { readonly [Field in Name]?: string | undefined };

/** What is wrong with it, in sentences. */
export type Flaws<Name extends string> = { readonly [Field in Name]?: string | undefined };

/** What a form asks the server for; null where something in it is wrong. */
export interface Asked<Name extends string, Query> {
  readonly flaws: Flaws<Name>;
  readonly query: Query | null;
}

export const askedUnless = <Name extends string, Query>(
  flaws: Flaws<Name>,
  query: Query,
): Asked<Name, Query> => ({
  flaws,
  query: Object.values(flaws).some((flaw) => flaw !== undefined) ? null : query,
});

/** `Patient must be a number.`, where it is none; an empty text asks for all. */
export const flawOfNumber = (name: string, text = ''): string | undefined =>
  text.trim() === '' || /^[1-9]\d{0,14}$/.test(text.trim()) ? undefined : `${name} must be a number.`;
