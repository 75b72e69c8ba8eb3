/** The parts of `WebSocket`, `fetch` and the page that are used: browsers, React Native and Node have them. */

/** What is read of an event of a socket. */
export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

export interface SocketLike {
  send(data: string): void;
  close(): void;
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: SocketEvent) => void,
  ): void;
}

export type SocketConstructor = new (url: string) => SocketLike;

export interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}

export type Fetch = (url: string, options: FetchOptions) => Promise<FetchAnswer>;

interface Page {
  readonly addEventListener?: (type: string, listener: () => void, ending: AbortController) => void;
}

interface Globals extends Page {
  /** Exists everywhere: without a common field TypeScript would not accept this type for `globalThis`. */
  readonly setTimeout: unknown;
  readonly document?: Page & { readonly visibilityState?: string };
  readonly crypto?: { readonly randomUUID?: () => string };
}

/** Calls `wake` when the device is online again or the page is seen again; gives what ends that. */
export function watchPage(wake: () => void): () => void {
  const page: Globals = globalThis;
  const seen = (): void => {
    if (page.document?.visibilityState === 'visible') wake();
  };
  const ending = new AbortController();
  page.addEventListener?.('online', wake, ending);
  page.document?.addEventListener?.('visibilitychange', seen, ending);
  return () => ending.abort();
}

/** Plain-HTTP pages and React Native have no `crypto.randomUUID`. The id has to be unique, not secret. */
export function newUUID(): string {
  const { crypto }: Globals = globalThis;
  return (
    crypto?.randomUUID?.() ??
    'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => ((Math.random() * 16) | 0).toString(16))
  );
}
