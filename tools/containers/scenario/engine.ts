import { shell } from '../shell.ts';

export const PROJECT = '/project';
const SOCKET = 'unix:///run/podman.sock';

export const SERVICES = ['postgres', 'redis', 'settings', 'migrate', 'api', 'worker'] as const;
export type Service = (typeof SERVICES)[number];
/** Those that go on running. */
export const RUNNING = ['postgres', 'redis', 'api', 'worker'] as const satisfies readonly Service[];

/** Docker Compose, as an operator calls it in the project's directory. Rejects with all that it printed. */
export const compose = (...args: readonly string[]): Promise<string> =>
  shell(['docker-compose', '--ansi=never', ...args], {
    cwd: PROJECT,
    environment: { DOCKER_HOST: SOCKET },
  });

export const podman = (...args: readonly string[]): Promise<string> =>
  shell(['podman', '--log-level=error', ...args]);

/** The parts of `podman inspect` that are used. */
export interface Container {
  readonly Name: string;
  readonly ImageName: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Env: readonly string[]; readonly Cmd: readonly string[] | null };
}

export const nameOf = (service: Service): string => `session-engine-${service}-1`;

export async function inspect(service: Service): Promise<Container> {
  const [container]: readonly Container[] = JSON.parse(await podman('inspect', nameOf(service)));
  if (container === undefined) throw new Error(`there is no container of ${service}`);
  return container;
}

export const healthOf = async (service: Service): Promise<string | undefined> =>
  (await inspect(service)).State.Health?.Status;

/** Runs a program in a service's container. Rejects with all that it printed if it fails. */
export const inContainer = (service: Service, ...command: readonly string[]): Promise<string> =>
  podman('exec', nameOf(service), ...command);
