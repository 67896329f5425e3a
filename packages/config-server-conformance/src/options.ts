/** Reads the command line of `config-server-conformance`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isLoopback } from '@gatehouse/config-server-client/discovery';
import type { RawTarget } from './raw-connection.ts';
import type { Subject } from './subject.ts';

export const help = `config-server-conformance: does a Configuration Server keep to the protocol? No wrong password is tried.

  --server HOST:PORT     the server                                              (127.0.0.1:8888)
  --application NAME     our application object on the server                    (gatehouse)
  --account NAME         the service account                                     (gatehouse)
  --password-file FILE   its password; else CONFIG_SERVER_PASSWORD is used, and on this machine the demo's
  --user NAME            a person who may log in; the password is read from CONFIG_SERVER_USER_PASSWORD,
                         on this machine else the demo's                         (agent)
  --tls                  encrypt, and trust the authorities of the system
  --ca FILE              encrypt, and trust this authority; --cert, --key for mutual TLS, --server-name NAME
  --allow-plaintext      permit plaintext to another machine
  --json                 print JSON for scripts

Exit codes: 0 every check passed, 1 a check failed or an account is refused, 2 no server or wrong options.
`;

/** @throws Error with a sentence for what is wrong with the options */
export function parseCommandLine(
  args: string[],
  env: NodeJS.ProcessEnv,
): { subject: Subject; isJson: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      server: { type: 'string', default: '127.0.0.1:8888' },
      application: { type: 'string', default: 'gatehouse' },
      account: { type: 'string', default: 'gatehouse' },
      'password-file': { type: 'string' },
      user: { type: 'string', default: 'agent' },
      tls: { type: 'boolean', default: false },
      ca: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      'server-name': { type: 'string' },
      'allow-plaintext': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { application, account, user, 'password-file': file } = values;
  const { host, port } = parseServer(values.server);
  /** Demo passwords are for this machine only: elsewhere a wrong password counts towards the lock of a real account. */
  const passwordFrom = (variable: string, demoPassword: string, instead: string): string => {
    const password = env[variable] ?? (isLoopback(host) ? demoPassword : undefined);
    if (password === undefined) throw new Error(`a password is missing: ${instead}`);
    return password;
  };
  const accountPassword =
    file === undefined
      ? passwordFrom(
          'CONFIG_SERVER_PASSWORD',
          'demo-service-password',
          '--password-file FILE, or CONFIG_SERVER_PASSWORD, for the account',
        )
      : read('--password-file', file)
          .toString('utf8')
          .replace(/\r?\n$/, '');
  const userPassword = passwordFrom(
    'CONFIG_SERVER_USER_PASSWORD',
    `demo-${user}-password`,
    `CONFIG_SERVER_USER_PASSWORD, for ${user}`,
  );
  return {
    subject: {
      target: { host, port, tls: tlsOptions(values), allowPlaintext: values['allow-plaintext'] },
      application,
      account: { userName: account, password: accountPassword },
      user: { userName: user, password: userPassword },
    },
    isJson: values.json,
  };
}

/** `host:port`, `[ipv6]:port`, or a host alone for port 8888. */
function parseServer(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new Error(`--server ${text} is not HOST:PORT`);
  return { host, port: Number(match?.[3] ?? 8888) };
}

/** Undefined for plaintext. */
function tlsOptions(values: {
  tls: boolean;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  'server-name'?: string | undefined;
}): RawTarget['tls'] {
  const { tls, ca, cert, key, 'server-name': serverName } = values;
  if ((cert === undefined) !== (key === undefined)) throw new Error('--cert and --key go together');
  if (!tls && [ca, cert, serverName].every((value) => value === undefined)) return undefined;
  const optional = (option: string, file: string | undefined) => file && read(option, file);
  return {
    ca: optional('--ca', ca),
    cert: optional('--cert', cert),
    key: optional('--key', key),
    serverName,
  };
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${option} ${file} cannot be read: ${(error as Error).message}`);
  }
}
