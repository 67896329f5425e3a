/** Says in plain sentences why a dependency does not answer, without secrets. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { type Said, say } from '../sentences/say.ts';

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

/** Codes of the operating system and the resolver for a place. */
const ofPlaces: Record<string, (place: string) => Said> = {
  ECONNREFUSED: (place) => say('probe.error.nothingListens', { place }),
  EHOSTUNREACH: (place) => say('probe.error.noRoute', { place, code: 'EHOSTUNREACH' }),
  ENETUNREACH: (place) => say('probe.error.noRoute', { place, code: 'ENETUNREACH' }),
  ENOTFOUND: (place) => say('probe.error.unknownHost', { place }),
  EAI_AGAIN: (place) => say('probe.error.noAddress', { place }),
};

const ofCodes = {
  ECONNRESET: 'probe.error.cut',
  EPIPE: 'probe.error.cut',
  ETIMEDOUT: 'probe.error.silent',
} as const;

const ofMessages = [
  [/^WRONGPASS/, 'probe.error.credentials'],
  [/^NOAUTH|ready check failed: NOAUTH/i, 'probe.error.noPassword'],
  [/wrong version number|packet length too long/, 'probe.error.noTls'],
  [/timeout exceeded when trying to connect|timeout expired|due to connection timeout/, 'probe.error.silent'],
  [/^(Connection is closed|Stream isn't writeable|Connection terminated unexpectedly)/, 'probe.error.cut'],
  [/unable to authenticate data/, 'probe.error.otherKey'],
] as const;

/** In one line, for logs and the management port. */
export function reasonOf(error: unknown): string {
  return reasonsOf(error)
    .map(({ key, message, parameters }) =>
      key === 'probe.error.other' ? String(parameters['detail']) : message.replace(/\.$/, ''),
    )
    .join(': ');
}

/** The known reasons in our words, every other one in those of the error. */
export function reasonsOf(error: unknown): Said[] {
  if (!(error instanceof Error)) return [inItsWords(String(error))];
  const { errors, lastNodeError, detail, severity } = error as Described;
  // Several addresses of one name or several nodes were tried: one error stands for all of them.
  const one = errors?.[0] ?? lastNodeError;
  if (one !== undefined) return reasonsOf(one);
  const known = knownReason(error);
  if (known !== undefined) return [known];
  const own = detail !== undefined && severity === undefined ? detail : error.message.replace(/\s+/g, ' ');
  const said = unanswered(error) ?? inItsWords(own);
  if (error.cause === undefined || namesCause(own, error.cause)) return [said];
  return [said, ...reasonsOf(error.cause)];
}

const inItsWords = (detail: string) => say('probe.error.other', { detail: detail.replace(/\.$/, '') });

function knownReason(error: Described): Said | undefined {
  const { code = '', message } = error;
  const place = placeOf(error);
  const ofPlace = place === undefined ? undefined : ofPlaces[code]?.(place);
  if (ofPlace !== undefined) return ofPlace;
  const key = ofCodes[code as keyof typeof ofCodes] ?? ofMessages.find(([words]) => words.test(message))?.[1];
  return key && say(key);
}

function unanswered(error: Error): Said | undefined {
  if (!(error instanceof UpstreamError)) return undefined;
  const { failure, dependency: service, status } = error;
  if (failure === 'unreachable') return say('probe.error.unanswered', { service });
  return failure === 'status' ? say('probe.error.answered', { service, status: String(status) }) : undefined;
}

function placeOf({ address, host, hostname, port }: Described): string | undefined {
  const name = address ?? host ?? hostname;
  if (name === undefined || port === undefined) return name;
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function namesCause(text: string, cause: unknown): boolean {
  return cause instanceof Error && text.includes(cause.message) && cause.message !== '';
}
