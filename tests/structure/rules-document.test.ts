/** docs/rules.md and the code tell of the same rules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { normalize } from 'node:path/posix';
import { describe, expect, test } from 'vitest';
import { isThere, programFiles, ROOT, type SourceFile } from './source-files.ts';

const DOCUMENT = 'docs/rules.md';
const NUMBERS = Array.from({ length: 17 }, (_rule, index) => index + 1);

interface Section {
  readonly title: string;
  /** Paths from the project's root. */
  readonly links: readonly string[];
}

/** The section of each rule, by its number. Its heading is `### R7 Activity`. */
function sectionsOf(markdown: string): ReadonlyMap<number, Section> {
  const parts = markdown.split(/^#{2,4} /m).slice(1);
  return new Map(
    parts.flatMap((part): [number, Section][] => {
      const heading = /^R(\d+) (.+)/.exec(part);
      return heading === null
        ? []
        : [[Number(heading[1]), { title: heading[2] ?? '', links: linksIn(part) }]];
    }),
  );
}

const linksIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) =>
    normalize(`docs/${match[1] ?? ''}`),
  );

/** What is wrong with the section of one rule. */
function flawsOf(number: number, section: Section | undefined, exists: (path: string) => boolean): string[] {
  if (section === undefined) return [`R${number} has no section`];
  const { links } = section;
  const flaws = links
    .filter((path) => !exists(path))
    .map((path) => `R${number} links to ${path}, which is not there`);
  if (!links.some((path) => /^src\/billing\/.+\.ts$/.test(path))) flaws.push(`R${number} links to no rule`);
  if (!links.some((path) => /^tests\/.+\.test\.ts$/.test(path))) flaws.push(`R${number} links to no test`);
  return flaws;
}

/** The rule that a file says it is: the first words of its comment, ` * R8 Idle.` */
function ruleIn({ text }: SourceFile): { readonly number: number; readonly title: string } | null {
  const match = /^(?:\/\*\*| \*) R(\d+) ([^.:]+)[.:]/m.exec(text);
  return match === null ? null : { number: Number(match[1]), title: match[2] ?? '' };
}

describe('the document of the rules', () => {
  const markdown = readFileSync(join(ROOT, DOCUMENT), 'utf8');
  const sections = sectionsOf(markdown);
  const billing = programFiles().filter(({ path }) => path.startsWith('src/billing/'));

  test.each(NUMBERS)('has a section on R%i, with its file and its test', (number) => {
    expect(flawsOf(number, sections.get(number), isThere)).toEqual([]);
  });

  test('has these rules and no others, in their order', () => {
    expect([...sections.keys()]).toEqual(NUMBERS);
  });

  test('links to nothing that is not there', () => {
    expect(linksIn(markdown).filter((path) => !isThere(path))).toEqual([]);
  });

  test('names each rule as its file does, and links to that file', () => {
    const named = billing.flatMap((file) => {
      const rule = ruleIn(file);
      return rule === null ? [] : [{ path: file.path, ...rule }];
    });

    expect(new Set(named.map(({ number }) => number))).toEqual(new Set(NUMBERS));
    for (const { path, number, title } of named) {
      expect(sections.get(number)?.links).toContain(path);
      expect(`${path} ${sections.get(number)?.title}`).toBe(`${path} ${title}`);
    }
  });

  test('gives every rule that has a deadline a file of its own', () => {
    const rules = billing.filter(({ text }) => /: DeadlineRule = \{/.test(text)).map(({ path }) => path);

    expect(rules.length).toBe(6);
    for (const path of rules)
      expect([...sections.values()].filter(({ links }) => links.includes(path))).not.toEqual([]);
  });
});

describe('a document that is not right', () => {
  const exists = (path: string) => path !== 'src/billing/gone.ts';
  const flawsIn = (markdown: string) => flawsOf(7, sectionsOf(markdown).get(7), exists);
  const rule = '[rule](../src/billing/a.ts)';
  const proof = '[test](../tests/billing/a.test.ts)';

  test.each([
    ['without the section', '### R6 End\n', ['R7 has no section']],
    ['without a link to the rule', `### R7 Activity\n${proof}`, ['R7 links to no rule']],
    ['without a link to a test', `### R7 Activity\n${rule}`, ['R7 links to no test']],
    [
      'with a link to a file that is gone',
      `### R7 Activity\n${rule} ${proof} [gone](../src/billing/gone.ts#L3)`,
      ['R7 links to src/billing/gone.ts, which is not there'],
    ],
    [
      'whose links stand in the next section',
      `### R7 Activity\n${rule}\n### R8 Idle\n${proof}`,
      ['R7 links to no test'],
    ],
  ])('is found out %s', (_how, markdown, flaws) => {
    expect(flawsIn(markdown)).toEqual(flaws);
  });

  test('is told from one that is', () => {
    expect(
      flawsIn(`### R7 Activity\n${rule} and ${proof} and [elsewhere](https://example.org/x.ts)`),
    ).toEqual([]);
  });
});
