/** Summarises the configuration for the first log line: addresses of dependencies, and what is switched off. */

interface Summarised {
  mode?: string;
  publicUrl?: string;
  location?: string;
  postgres?: { url?: unknown; host: string; port: number; database: string };
  redis?: { url: string; clusterNodes: readonly string[]; sentinels: readonly string[] };
  environmentApi?: { url?: string | undefined };
  authApi?: { url: string };
  consul?: { url?: string | undefined };
  elasticsearch?: { nodes: readonly string[] };
  tracing?: { endpoint?: string | undefined };
}

/** Addresses without credentials; `off` for what is optional and not configured. */
export function startSummary(config: object): Record<string, string> {
  const { mode, publicUrl, location, postgres, redis, ...others } = config as Summarised;
  const { environmentApi, authApi, consul, elasticsearch, tracing } = others;
  const entries: [string, string | undefined][] = [
    ['mode', mode],
    ['publicUrl', publicUrl],
    ['location', location],
    [
      'postgres',
      postgres &&
        (postgres.url ? 'by its own URL' : `${postgres.host}:${postgres.port}/${postgres.database}`),
    ],
    ['redis', redis && ([...redis.clusterNodes, ...redis.sentinels].join(' ') || addressOf(redis.url))],
    ['environmentApi', environmentApi && addressOrOff(environmentApi.url)],
    ['authApi', authApi && addressOf(authApi.url)],
    ['consul', consul && addressOrOff(consul.url)],
    ['elasticsearch', elasticsearch && (elasticsearch.nodes.map(addressOf).join(' ') || 'off')],
    ['tracing', tracing && addressOrOff(tracing.endpoint)],
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function addressOrOff(url: string | undefined): string {
  return url === undefined ? 'off' : addressOf(url);
}

function addressOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
