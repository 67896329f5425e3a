/** Turns the `consul` settings of a service into the access of the discovery. */
import { type ConsulAccess, checkedConsulUrl } from './consul-access.ts';

/** A text that settings keep out of logs. */
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

/** Why Consul cannot be used with these settings; empty when it can. */
export function consulProblems(consul: ConsulSettings): string[] {
  const access = consulAccessOf(consul);
  try {
    if (access !== undefined) checkedConsulUrl(access);
    return [];
  } catch (error) {
    return [`GATEHOUSE_CONSUL_URL (consul.url): ${(error as Error).message}`];
  }
}

/** Undefined without an address: the installation has no Consul. */
export function consulAccessOf(consul: ConsulSettings): ConsulAccess | undefined {
  const { url, token, datacenter, ca, cert, key, serverName, allowPlaintext } = consul;
  if (url === undefined) return undefined;
  const tls = { ca, cert, key: key?.reveal(), serverName };
  const hasTls = Object.values(tls).some((value) => value !== undefined);
  return { url, allowPlaintext, token: token?.reveal(), datacenter, tls: hasTls ? tls : undefined };
}
