/** The options that every command with a connection shares, and the client they describe. */
import { readFileSync } from 'node:fs';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { ConfigServerClientOptions, TlsOptions } from '@gatehouse/config-server-client/client-options';
import { type Endpoint, isLoopback } from '@gatehouse/config-server-client/discovery/endpoint-source';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import { demoServiceAccount } from '../seed/demo.ts';

export const connectionArgs = {
  server: { type: 'string', multiple: true, default: ['127.0.0.1:8888'] },
  application: { type: 'string', default: demoServiceAccount.applicationName },
  account: { type: 'string', default: demoServiceAccount.userName },
  'password-file': { type: 'string' },
  tls: { type: 'boolean', default: false },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  'server-name': { type: 'string' },
  'allow-plaintext': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

export const connectionHelp = `Options of every command with a connection:
  --server HOST:PORT     the server; several times for primary and backup        (127.0.0.1:8888)
  --application NAME     our application object on the server                    (gatehouse)
  --account NAME         the service account                                     (gatehouse)
  --password-file FILE   its password; else CONFIG_SERVER_PASSWORD is used, and on this machine the demo's
  --tls                  encrypt, and trust the authorities of the system
  --ca FILE              encrypt, and trust this authority; --cert, --key for mutual TLS, --server-name NAME
  --allow-plaintext      permit plaintext to another machine
  --json                 print JSON for scripts`;

export interface ConnectionValues {
  server: string[];
  application: string;
  account: string;
  'password-file'?: string | undefined;
  tls: boolean;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  'server-name'?: string | undefined;
  'allow-plaintext': boolean;
}

/** Errors: a sentence for what is wrong with the options. */
export function clientOptions(values: ConnectionValues, env: NodeJS.ProcessEnv): ConfigServerClientOptions {
  return {
    endpoints: staticEndpoints(values.server.map(parseServer)),
    applicationName: values.application,
    userName: values.account,
    password: accountPassword(values, env),
    allowPlaintext: values['allow-plaintext'],
    tls: tlsOptions(values),
  };
}

/** Undefined: plaintext. Errors: a sentence that names the option whose file cannot be read. */
export function tlsOptions(values: ConnectionValues): TlsOptions | undefined {
  const { tls, ca, cert, key, 'server-name': serverName } = values;
  if ((cert === undefined) !== (key === undefined)) throw new Error('--cert and --key go together');
  if (!tls && [ca, cert, serverName].every((value) => value === undefined)) return undefined;
  return {
    ca: readOptional('--ca', ca),
    cert: readOptional('--cert', cert),
    key: readOptional('--key', key),
    serverName,
  };
}

/** `host:port`, `[ipv6]:port`, or a host alone for port 8888. */
export function parseServer(text: string): Endpoint {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new Error(`--server ${text} is not HOST:PORT`);
  return { host, port: Number(match?.[3] ?? 8888) };
}

/**
 * Never an argument: those are readable by every process of the machine. The demo's is for servers of this machine: tried
 * elsewhere, it would bring a real account nearer to its lock. Errors: a sentence when there is none.
 */
export function accountPassword(
  values: Pick<ConnectionValues, 'password-file' | 'server'>,
  env: NodeJS.ProcessEnv,
): string {
  const file = values['password-file'];
  if (file !== undefined)
    return readNamed('--password-file', file)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  const given = env['CONFIG_SERVER_PASSWORD'];
  if (given !== undefined) return given;
  if (areOfThisMachine(values.server)) return demoServiceAccount.password;
  throw new Error('the password of the account is missing: --password-file FILE, or CONFIG_SERVER_PASSWORD');
}

export function areOfThisMachine(servers: string[]): boolean {
  return servers.every((server) => isLoopback(parseServer(server).host));
}

/** Errors: a sentence that names the option. */
export function readNamed(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${option} ${file} cannot be read: ${(error as Error).message}`);
  }
}

function readOptional(option: string, file: string | undefined): Buffer | undefined {
  return file === undefined ? undefined : readNamed(option, file);
}
