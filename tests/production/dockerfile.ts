import { readFile } from 'node:fs/promises';
import { Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';
import type { Environment } from './interpolate.ts';

/** One step of a build, in the order of the file. */
export type Step =
  | {
      readonly kind: 'copy';
      /** The stage that the files come from; null: the directory that is built. */
      readonly from: string | null;
      readonly sources: readonly string[];
      readonly target: string;
    }
  | { readonly kind: 'run'; readonly command: string };

export interface Stage {
  /** The last stage, which is the image, has none. */
  readonly name: string | null;
  /** With the ARGs put in. */
  readonly base: string;
  readonly steps: readonly Step[];
  readonly workdir: string;
  readonly environment: Environment;
  readonly user: string | null;
  readonly stopSignal: string | null;
  /** In exec form, or null. */
  readonly command: readonly string[] | null;
  readonly healthCheck: readonly string[] | null;
}

const text = await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8');

/** The stages of the Dockerfile. Throws an Error at an instruction that is not known here. */
export function readDockerfile(): readonly Stage[] {
  const stages: Stage[] = [];
  const variables: Record<string, string> = {};
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const content = instruction.getRawArgumentsContent() ?? '';
    if (instruction.getKeyword() === 'ARG') Object.assign(variables, pairs(content));
    else if (instruction.getKeyword() === 'FROM') stages.push(newStage(content, variables));
    else stages.push(withInstruction(stages.pop(), instruction, content));
  }
  return stages;
}

function newStage(content: string, variables: Environment): Stage {
  const [, image = '', name = null] = /^(\S+)(?: AS (\S+))?$/.exec(content) ?? [];
  return {
    name,
    base: image.replace(/\$\{(\w+)\}/g, (_form, variable: string) => variables[variable] ?? ''),
    steps: [],
    workdir: '/',
    environment: {},
    user: null,
    stopSignal: null,
    command: null,
    healthCheck: null,
  };
}

function withInstruction(stage: Stage | undefined, instruction: Instruction, content: string): Stage {
  if (stage === undefined) throw new Error('an instruction before the first FROM');
  const keyword = instruction.getKeyword();
  switch (keyword) {
    case 'WORKDIR':
      return { ...stage, workdir: content };
    case 'ENV':
      return { ...stage, environment: { ...stage.environment, ...pairs(content) } };
    case 'USER':
      return { ...stage, user: content };
    case 'STOPSIGNAL':
      return { ...stage, stopSignal: content };
    case 'CMD':
      return { ...stage, command: execForm(content) };
    case 'HEALTHCHECK':
      return { ...stage, healthCheck: execForm(content.slice(content.indexOf('CMD') + 3).trim()) };
    case 'RUN':
      return {
        ...stage,
        steps: [...stage.steps, { kind: 'run', command: content.replaceAll(/\\\n/g, ' ') }],
      };
    case 'COPY':
      return { ...stage, steps: [...stage.steps, copyStep(instruction, content)] };
    case 'EXPOSE':
      return stage;
    default:
      throw new Error(`an instruction that is not known here: ${keyword}`);
  }
}

function copyStep(instruction: Instruction, content: string): Step {
  const flags = instruction instanceof Copy ? instruction.getFlags() : [];
  const unknown = flags.find((flag) => flag.getName() !== 'from');
  if (unknown !== undefined) throw new Error(`a flag that is not known here: ${unknown.getName()}`);
  const paths = content.split(/\s+/);
  return {
    kind: 'copy',
    from: flags[0]?.getValue() ?? null,
    sources: paths.slice(0, -1),
    target: paths.at(-1) ?? '',
  };
}

const pairs = (content: string): Record<string, string> =>
  Object.fromEntries(
    content.split(/\s+/).map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value];
    }),
  );

function execForm(content: string): readonly string[] | null {
  if (!content.startsWith('[')) return null;
  const words: readonly string[] = JSON.parse(content);
  return words;
}
