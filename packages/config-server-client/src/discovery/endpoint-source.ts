/** Defines a source of server addresses that can change, and views and orders of such lists. */
import { isIP } from 'node:net';

export type EndpointRole = 'primary' | 'backup' | 'proxy';

export interface Endpoint {
  host: string;
  port: number;
  /** A hint for the order of attempts: the server itself tells its role. Default `primary`. */
  role?: EndpointRole | undefined;
  /** The server accepts no password changes. */
  readOnly?: boolean;
  /** Goes out of service: clients leave it when their calls are done, and try it last. */
  draining?: boolean | undefined;
  /** Stable name of the entry in its registry. */
  id?: string;
}

export interface EndpointSource {
  /** The last known list, best first. May be empty before the first answer of a registry. */
  current(): readonly Endpoint[];
  /** False before a registry has named any server; absent without a registry. */
  readonly hasAnswered?: boolean | undefined;
  /** Why the list may be empty or out of date, in plain words; undefined while the registry answers with a list. */
  readonly problem?: string | undefined;
  /** Calls the listener with every new list. Returns the function that ends the subscription. */
  subscribe(listener: (endpoints: readonly Endpoint[]) => void): () => void;
  /** Stops watching. Idempotent. */
  close(): Promise<void>;
}

/** A view of `source` that shows `fixed` until the registry has named a server. */
export function withFixedList(source: EndpointSource, fixed: readonly Endpoint[]): EndpointSource {
  return {
    current: () => (source.hasAnswered === false ? fixed : source.current()),
    get hasAnswered() {
      return source.hasAnswered;
    },
    get problem() {
      return source.problem;
    },
    subscribe: (listener) => source.subscribe(listener),
    close: () => source.close(),
  };
}

/** A view of `source` without read-only servers and proxies. Closing the view leaves the source open. */
export function writableEndpoints(source: EndpointSource): EndpointSource {
  return {
    current: () => source.current().filter(isWritable),
    get problem() {
      return source.problem;
    },
    subscribe: (listener) => source.subscribe((endpoints) => listener(endpoints.filter(isWritable))),
    close: async () => undefined,
  };
}

export function isWritable(endpoint: Endpoint): boolean {
  return endpoint.readOnly !== true && endpoint.role !== 'proxy';
}

const roleOrder: Record<EndpointRole, number> = { primary: 0, backup: 1, proxy: 2 };

/** Orders endpoints for attempts: primary, backup, proxy, then as listed; draining ones last. */
export function orderEndpoints(endpoints: readonly Endpoint[]): Endpoint[] {
  const weight = (endpoint: Endpoint) =>
    (endpoint.draining === true ? 10 : 0) + roleOrder[endpoint.role ?? 'primary'];
  return [...endpoints].sort((a, b) => weight(a) - weight(b));
}

/** `host:port`, with IPv6 in brackets. */
export function endpointName(endpoint: Pick<Endpoint, 'host' | 'port'>): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
}

/** True for addresses of this machine, where plaintext needs no explicit permission. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
