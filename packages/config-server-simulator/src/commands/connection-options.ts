/** The options that every command with a connection shares, and the client they describe. */
import { readFileSync } from 'node:fs';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { ConfigServerClientOptions } from '@gatehouse/config-server-client/client-options';
import type { Endpoint } from '@gatehouse/config-server-client/discovery/endpoint-source';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import { demoServiceAccount } from '../seed/demo.ts';

export const connectionArgs = {
  server: { type: 'string', multiple: true, default: ['127.0.0.1:8888'] },
  application: { type: 'string', default: demoServiceAccount.applicationName },
  account: { type: 'string', default: demoServiceAccount.userName },
  'password-file': { type: 'string' },
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
  --ca FILE              encrypt, and trust this authority; --cert, --key for mutual TLS, --server-name NAME
  --allow-plaintext      permit plaintext to another machine
  --json                 print JSON for scripts`;

export interface ConnectionValues {
  server: string[];
  application: string;
  account: string;
  'password-file'?: string | undefined;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  'server-name'?: string | undefined;
  'allow-plaintext': boolean;
}

/** Errors: a sentence for what is wrong with the options. */
export function clientOptions(values: ConnectionValues, env: NodeJS.ProcessEnv): ConfigServerClientOptions {
  const endpoints = values.server.map(parseServer);
  const usesTls = values.ca !== undefined || values.cert !== undefined || values['server-name'] !== undefined;
  return {
    endpoints: staticEndpoints(endpoints),
    applicationName: values.application,
    userName: values.account,
    password: accountPassword(values, env),
    allowPlaintext: values['allow-plaintext'],
    ...(usesTls
      ? {
          tls: {
            ca: readOptional(values.ca),
            cert: readOptional(values.cert),
            key: readOptional(values.key),
            serverName: values['server-name'],
          },
        }
      : {}),
  };
}

/** `host:port`, `[ipv6]:port`, or a host alone for port 8888. */
export function parseServer(text: string): Endpoint {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new Error(`--server ${text} is not HOST:PORT`);
  return { host, port: Number(match?.[3] ?? 8888) };
}

/** Never an argument: those are readable by every process of the machine. */
export function accountPassword(
  values: Pick<ConnectionValues, 'password-file'>,
  env: NodeJS.ProcessEnv,
): string {
  const file = values['password-file'];
  if (file !== undefined) return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  return env['CONFIG_SERVER_PASSWORD'] ?? demoServiceAccount.password;
}

function readOptional(file: string | undefined): Buffer | undefined {
  return file === undefined ? undefined : readFileSync(file);
}
