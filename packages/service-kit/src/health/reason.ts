/** Says in one plain sentence why a dependency does not answer, without secrets. */

interface Described extends Error {
  code?: string;
  address?: string;
  host?: string;
  hostname?: string;
  port?: number;
  /** Of an AggregateError. */
  errors?: unknown[];
  /** Of a Redis Cluster none of whose nodes answers. */
  lastNodeError?: unknown;
  /** Of our own errors; PostgreSQL's, which have a severity, quote rows. */
  detail?: string;
  severity?: string;
}

/** Codes of the operating system and the resolver. `place` begins with a space. */
const ofConnections: Record<string, (place: string) => string> = {
  ECONNREFUSED: (place) => `nothing listens${place}, or a firewall refuses`,
  ECONNRESET: (place) => `the connection${place} was cut`,
  EPIPE: (place) => `the connection${place} was cut`,
  ETIMEDOUT: (place) => `no answer${place} in time`,
  EHOSTUNREACH: (place) => `no way leads to the host${place}`,
  ENETUNREACH: (place) => `no way leads to the network${place}`,
  ENOTFOUND: (place) => `the name service does not know the host${place}`,
  EAI_AGAIN: (place) => `the name service gives no address of the host${place}`,
};

const ofMessages: [RegExp, string][] = [
  [/^WRONGPASS/, 'it refuses the user name or the password (WRONGPASS)'],
  [/^NOAUTH|ready check failed: NOAUTH/i, 'it asks for a password, and none is configured (NOAUTH)'],
  [/wrong version number|packet length too long/, 'it does not speak TLS at this port'],
  [/timeout exceeded when trying to connect|timeout expired|due to connection timeout/, 'no answer in time'],
  [
    /^(Connection is closed|Stream isn't writeable|Connection terminated unexpectedly)/,
    'the connection was cut',
  ],
  [
    /unable to authenticate data/,
    'the encryption key does not fit: what is stored was sealed with another key of the same id',
  ],
];

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '', errors, lastNodeError, detail, severity } = error as Described;
  // Several addresses of one name or several nodes were tried: one error stands for all of them.
  const one = errors?.[0] ?? lastNodeError;
  if (one !== undefined) return reasonOf(one);
  const connection = ofConnections[code]?.(peerOf(error));
  if (connection !== undefined) return `${connection} (${code})`;
  const known = ofMessages.find(([pattern]) => pattern.test(error.message));
  if (known !== undefined) return known[1];
  const own = detail !== undefined && severity === undefined ? detail : error.message.replace(/\s+/g, ' ');
  if (error.cause === undefined || namesCause(own, error.cause)) return own;
  return `${own}: ${reasonOf(error.cause)}`;
}

function peerOf({ address, host, hostname, port }: Described): string {
  const name = address ?? host ?? hostname;
  if (name === undefined) return '';
  return port === undefined ? ` ${name}` : ` at ${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function namesCause(text: string, cause: unknown): boolean {
  return cause instanceof Error && text.includes(cause.message) && cause.message !== '';
}
