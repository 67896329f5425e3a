/** Lists the servers that the settings of a service name. */
import type { Place } from '../health/places.ts';
import type { PostgresConfig } from '../postgres/pool.ts';

interface OfUrl {
  ca?: string | undefined;
  serverName?: string | undefined;
}

export interface PlaceSettings {
  postgres: PostgresConfig & { primaryHost: string | undefined; primaryPort: number };
  redis: { url: string; clusterNodes: readonly string[]; sentinels: readonly string[]; tls: boolean };
  consul: OfUrl & { url?: string | undefined };
  elasticsearch: OfUrl & { nodes: readonly string[] };
}

/** `services`: addresses of the other services. */
export function configuredPlaces(
  { postgres, redis, consul, elasticsearch }: PlaceSettings,
  services: readonly (string | undefined)[],
): Place[] {
  const others = [...services, consul.url].filter((url) => url !== undefined);
  return [
    ...placesOfPostgres(postgres),
    ...placesOfRedis(redis),
    ...elasticsearch.nodes.map((url) => placeOf(url, elasticsearch)),
    ...others.map((url) => placeOf(url, url === consul.url ? consul : {})),
  ];
}

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'redis:': 6379,
  'rediss:': 6379,
  'postgres:': 5432,
  'postgresql:': 5432,
};

function placeOf(text: string, { ca, serverName }: OfUrl = {}): Place {
  const { protocol, hostname, port } = new URL(text);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || defaultPorts[protocol]),
    tls: protocol === 'https:' || protocol === 'rediss:' ? 'direct' : 'none',
    ca,
    serverName,
  };
}

function placesOfPostgres(postgres: PlaceSettings['postgres']): Place[] {
  const { url, host, port, ssl, primaryHost, primaryPort } = postgres;
  const own = url === undefined ? { host, port } : placeOf(url.reveal());
  const primary = primaryHost === undefined ? [] : [{ host: primaryHost, port: primaryPort }];
  const tls = ssl === 'off' ? 'none' : 'postgresql';
  // A path is that of a socket on this machine.
  return [own, ...primary]
    .filter((place) => place.host !== '' && !place.host.startsWith('/'))
    .map((place) => ({ host: place.host, port: place.port, tls, isUnverified: ssl === 'require' }));
}

function placesOfRedis({ url, clusterNodes, sentinels, tls }: PlaceSettings['redis']): Place[] {
  const nodes = [...clusterNodes, ...sentinels].map((node) => `${tls ? 'rediss' : 'redis'}://${node}`);
  const places = (nodes.length > 0 ? nodes : [url]).map((one) => placeOf(one));
  return tls ? places.map((place) => ({ ...place, tls: 'direct' })) : places;
}
