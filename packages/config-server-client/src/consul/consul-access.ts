/** Defines the access to Consul, and refuses settings by which an attacker could choose the servers. */
import { isLoopback } from '../discovery/endpoint-source.ts';

export interface ConsulAccess {
  /** `https://consul.example:8501`, optionally with a path that precedes `/v1`. */
  url: string;
  /** ACL token, sent as X-Consul-Token. */
  token?: string | undefined;
  /** Default: that of the agent. */
  datacenter?: string | undefined;
  tls?: ConsulTls | undefined;
  /** Permits plain HTTP to another machine. An attacker who can change the answers chooses where passwords are sent. */
  allowPlaintext?: boolean | undefined;
}

export interface ConsulTls {
  /** PEM. Default: the system's authorities. */
  ca?: string | Buffer | undefined;
  /** PEM, for mutual TLS. */
  cert?: string | Buffer | undefined;
  key?: string | Buffer | undefined;
  /** The name that Consul's certificate must carry. Default: the host of the address. */
  serverName?: string | undefined;
}

/** The parsed address. Errors: TypeError for an address that is not usable or not allowed. */
export function checkedConsulUrl({ url, tls, allowPlaintext }: ConsulAccess): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new TypeError('the address of Consul must be an http or https URL');
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new TypeError('the address of Consul must not carry credentials, a query or a fragment');
  }
  const isPlain = parsed.protocol === 'http:';
  if (isPlain && tls !== undefined) throw new TypeError('TLS settings for Consul need an https address');
  if (isPlain && allowPlaintext !== true && !isLoopback(bareHost(parsed))) {
    throw new TypeError('plain HTTP to Consul on another machine needs explicit permission');
  }
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    throw new TypeError('a client certificate for Consul needs its key, and the key its certificate');
  }
  return parsed;
}

/** The host without the brackets of an IPv6 address. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
