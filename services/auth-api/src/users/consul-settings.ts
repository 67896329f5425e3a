/** The settings of `consul` as the discovery takes them. */
import {
  type ConsulAccess,
  checkedConsulUrl,
} from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { ConfigError } from '@gatehouse/service-kit/config/load';
import type { Config } from '../config.ts';

/** Undefined without an address. @throws ConfigError when Consul cannot or must not be used so */
export function consulAccessOf({ consul }: Pick<Config, 'consul'>): ConsulAccess | undefined {
  const { url, token, datacenter, ca, cert, key, serverName, allowPlaintext } = consul;
  if (url === undefined) return undefined;
  const tls = given({ ca, cert, key: key?.reveal(), serverName });
  const access: ConsulAccess = {
    url,
    allowPlaintext,
    ...given({ token: token?.reveal(), datacenter }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
  try {
    checkedConsulUrl(access);
  } catch (error) {
    throw new ConfigError('auth-api', [`GATEHOUSE_CONSUL_URL (consul.url): ${(error as Error).message}`]);
  }
  return access;
}

function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
