/** The discovery seam: where the servers of one environment are, now and whenever that changes. */

export type EndpointRole = 'primary' | 'backup' | 'proxy';

export interface Endpoint {
  host: string;
  port: number;
  /** Default `primary`. A hint for the order of attempts; the server's own answer decides. */
  role?: EndpointRole;
  /** A proxy or replica that takes no password changes. */
  readOnly?: boolean;
  /** Being taken out of service: moved away from gently, chosen last. */
  draining?: boolean;
  /** Stable name of the entry in its registry. */
  id?: string;
}

export interface EndpointSource {
  /** The last known list, best first. May be empty before the first answer of a registry. */
  current(): readonly Endpoint[];
  /** False while a registry has not told any server yet: what is known is the list it was given. Absent: there is none to ask. */
  readonly hasAnswered?: boolean | undefined;
  /** Why the list may be empty or out of date, for people; undefined while its registry answers with a list. */
  readonly problem?: string | undefined;
  /** Called with every new list. Returns the function that ends it. */
  subscribe(listener: (endpoints: readonly Endpoint[]) => void): () => void;
  /** Stops watching. Idempotent. */
  close(): Promise<void>;
}

/** `source`, but with `fixed` in the place of what it knows until its registry has told a server. */
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

/** Order of attempts: draining ones last, then primary, backup, proxy, then as listed. */
export function orderEndpoints(endpoints: readonly Endpoint[]): Endpoint[] {
  const weight = (endpoint: Endpoint) =>
    (endpoint.draining === true ? 10 : 0) + roleOrder[endpoint.role ?? 'primary'];
  return [...endpoints].sort((a, b) => weight(a) - weight(b));
}

/** `host:port`, IPv6 in brackets: the name of an endpoint in logs, errors and comparisons. */
export function endpointName(endpoint: Pick<Endpoint, 'host' | 'port'>): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
}

/** True for addresses of this machine, where plaintext needs no explicit permission. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
