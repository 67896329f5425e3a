/** The registration of a served simulator in Consul, as its options ask for it. */
import type { ConsulTls } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import type { Logger } from '@gatehouse/config-server-client/log';
import { type ConsulRegistration, registerInConsul } from '../consul-registration/register-in-consul.ts';
import type { Simulator } from '../simulator.ts';
import { readNamed } from './connection-options.ts';

export interface ConsulOptions {
  name: string;
  consul?: string | undefined;
  'consul-service': string;
  'consul-address'?: string | undefined;
  'consul-ca'?: string | undefined;
  'consul-cert'?: string | undefined;
  'consul-key'?: string | undefined;
  'consul-allow-plaintext': boolean;
}

/** Consul hears the role of the moment: a backup that takes over is found as primary. */
export function registerAsAsked(
  options: ConsulOptions,
  simulator: Simulator,
  log: Logger,
): ConsulRegistration | undefined {
  const { consul, 'consul-address': address = simulator.host } = options;
  if (consul === undefined) return undefined;
  if (everyAddress.has(address))
    throw new Error(`--consul-address is missing: nobody reaches this server at ${address}`);
  return registerInConsul({
    url: consul,
    token: process.env['CONSUL_HTTP_TOKEN'],
    tls: consulTls(options),
    allowPlaintext: options['consul-allow-plaintext'],
    service: options['consul-service'],
    id: `${options['consul-service']}-${options.name}-${simulator.port}`,
    host: address,
    port: simulator.port,
    current: () => ({ role: simulator.state.role }),
    log,
  });
}

const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function consulTls(options: ConsulOptions): ConsulTls | undefined {
  const { 'consul-ca': ca, 'consul-cert': cert, 'consul-key': key } = options;
  if ([ca, cert, key].every((file) => file === undefined)) return undefined;
  return {
    ca: ca && readNamed('--consul-ca', ca),
    cert: cert && readNamed('--consul-cert', cert),
    key: key && readNamed('--consul-key', key),
  };
}
