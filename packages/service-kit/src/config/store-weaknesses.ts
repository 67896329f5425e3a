/** Says which passwords of stores can be guessed, and which connections to them can be read on the way. */
import type { Secret } from '../crypto/secret.ts';
import { isThisMachine } from './networks.ts';
import { textWeakness } from './weak-texts.ts';

const shortestPassword = 12;

export function passwordWeakness(password: string): string | undefined {
  return textWeakness(password, shortestPassword);
}

/** Of a connection string; without a password there is nothing to guess. */
export function urlPasswordWeakness(text: string): string | undefined {
  const url = URL.parse(text);
  const password = url?.searchParams.get('password') ?? decoded(url?.password ?? '');
  const reason = password === '' ? undefined : passwordWeakness(password);
  return reason === undefined ? undefined : `has a password that ${reason}`;
}

/** `postgres`: the settings of the connection. */
export function plainPostgres(ssl: string, postgres: object): string | undefined {
  const { url, host } = postgres as { url?: Secret; host?: string };
  const parameters = URL.parse(url?.reveal() ?? '')?.searchParams;
  const server = url === undefined ? host : (parameters?.get('host') ?? URL.parse(url.reveal())?.hostname);
  // As the driver reads them: the parameters of a connection string come first.
  const mode = parameters?.get('sslmode');
  const isAsked = parameters?.get('ssl');
  const isPlain = mode ? mode === 'disable' : isAsked ? /^(?:0|false)$/.test(isAsked) : ssl === 'off';
  if (!isPlain || isThisMachine(server ?? '')) return undefined;
  return 'leaves the connection to another machine without encryption: take require or verify';
}

interface RedisAddresses {
  url: string;
  clusterNodes: readonly string[];
  sentinels: readonly string[];
}

/** `redis`: the settings of the connection. An attacker who answers for a sentinel chooses the server that gets the password. */
export function plainRedis(tls: boolean, redis: object): string | undefined {
  const { url = '', clusterNodes = [], sentinels = [] } = redis as Partial<RedisAddresses>;
  const several = [...clusterNodes, ...sentinels].map((node) => `redis://${node}`);
  const nodes = several.length > 0 ? several : [url];
  const isPlain = nodes.some((node) => {
    const { protocol, hostname } = URL.parse(node) ?? { protocol: '', hostname: '' };
    return protocol === 'redis:' && !isThisMachine(hostname);
  });
  if (tls || !isPlain) return undefined;
  return 'leaves the connection to another machine without encryption: take true, or rediss in the URL';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
