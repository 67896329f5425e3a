/** A service's settings of `consul` as the discovery takes them. */
import { type ConsulAccess, checkedConsulUrl } from './consul-access.ts';

/** Kept out of logs by whoever read the settings. */
interface HiddenText {
  reveal(): string;
}

export interface ConsulSettings {
  url: string | undefined;
  token: HiddenText | undefined;
  datacenter: string | undefined;
  ca: string | undefined;
  cert: string | undefined;
  key: HiddenText | undefined;
  serverName: string | undefined;
  allowPlaintext: boolean;
}

/** Why Consul cannot or must not be used with these settings. */
export function consulProblems(consul: ConsulSettings): string[] {
  const access = consulAccessOf(consul);
  try {
    if (access !== undefined) checkedConsulUrl(access);
    return [];
  } catch (error) {
    return [`GATEHOUSE_CONSUL_URL (consul.url): ${(error as Error).message}`];
  }
}

/** Undefined without an address: this installation has no Consul. */
export function consulAccessOf(consul: ConsulSettings): ConsulAccess | undefined {
  const { url, token, datacenter, ca, cert, key, serverName, allowPlaintext } = consul;
  if (url === undefined) return undefined;
  const tls = given({ ca, cert, key: key?.reveal(), serverName });
  return {
    url,
    allowPlaintext,
    ...given({ token: token?.reveal(), datacenter }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
