/** Turns the connection options of `gatehouse config-server` into a client. */
import {
  type ConfigServerClient,
  type ConfigServerClientOptions,
  createConfigServerClient,
  type TlsOptions,
} from '@gatehouse/config-server-client/client';
import { type Endpoint, isLoopback, staticEndpoints } from '@gatehouse/config-server-client/discovery';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { Command } from 'commander';
import { UsageError } from '../../failure/failure.ts';
import type { Session } from '../../session.ts';
import { readNamed } from '../../terminal/files.ts';

export interface ConnectionOptions {
  server: string[];
  application: string;
  account: string;
  passwordFile?: string;
  tls?: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  allowPlaintext?: boolean;
}

/** Public knowledge, as every password of the demo. */
const demoPassword = 'demo-service-password';

export function withConnectionOptions(command: Command): Command {
  return command
    .option(
      '--server <host:port>',
      'the server (127.0.0.1:8888); several times for primary and backup',
      (server: string, others: string[]) => [...others, server],
      [],
    )
    .option('--application <name>', 'our application object on the server', 'gatehouse')
    .option('--account <name>', 'the service account', 'gatehouse')
    .option('--password-file <path>', 'its password; else CONFIG_SERVER_PASSWORD, on this machine the demo’s')
    .option('--tls', 'encrypt, and trust the authorities of the system')
    .option('--ca <path>', 'encrypt, and trust this authority')
    .option('--cert <path>', 'client certificate for mutual TLS, with --key')
    .option('--key <path>', 'private key of the client certificate')
    .option('--server-name <name>', 'encrypt, and expect this name in the certificate')
    .option('--allow-plaintext', 'permit plaintext to another machine');
}

/** Runs `command` with a client. Prints a refusal as the answer: exit code 1, or 2 when no server can be used. */
export async function withClient(
  session: Session,
  options: ConnectionOptions,
  command: (client: ConfigServerClient) => Promise<void>,
): Promise<void> {
  const client = createConfigServerClient(clientOptions(options, session.terminal.env));
  try {
    await command(client);
  } catch (error) {
    if (!(error instanceof ConfigServerError)) throw error;
    const { code, message, sent } = error;
    const detail = code === 'NoEndpoint' ? client.stateReason : error.detail;
    const answer = { error: code, message, why: detail === message ? undefined : detail };
    session.output.record(answer, Object.entries(answer));
    session.exitCode = sent ? 1 : 2;
  } finally {
    await client.close();
  }
}

/** @throws UsageError */
export function clientOptions(
  options: ConnectionOptions,
  env: Readonly<Record<string, string | undefined>>,
): ConfigServerClientOptions {
  const endpoints = serversOf(options).map(parseServer);
  return {
    endpoints: staticEndpoints(endpoints),
    applicationName: options.application,
    userName: options.account,
    password: accountPassword(options, env),
    allowPlaintext: options.allowPlaintext === true,
    tls: tlsOptions(options),
  };
}

/** Undefined for plaintext. @throws UsageError */
export function tlsOptions(options: Omit<ConnectionOptions, 'server'>): TlsOptions | undefined {
  const { tls, ca, cert, key, serverName } = options;
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--cert and --key go together');
  if (tls !== true && [ca, cert, serverName].every((value) => value === undefined)) return undefined;
  return {
    ca: ca && readNamed(ca, `--ca ${ca}`),
    cert: cert && readNamed(cert, `--cert ${cert}`),
    key: key && readNamed(key, `--key ${key}`),
    serverName,
  };
}

/**
 * The demo's password is tried on this machine only: elsewhere a wrong password counts towards the lock of a real account.
 * @throws UsageError
 */
export function accountPassword(
  options: Pick<ConnectionOptions, 'server' | 'passwordFile'>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const { passwordFile } = options;
  if (passwordFile !== undefined)
    return readNamed(passwordFile, `--password-file ${passwordFile}`)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  const given = env['CONFIG_SERVER_PASSWORD'];
  if (given !== undefined) return given;
  if (serversOf(options).every((server) => isLoopback(parseServer(server).host))) return demoPassword;
  throw new UsageError(
    'the password of the account is missing: --password-file FILE, or CONFIG_SERVER_PASSWORD',
  );
}

function serversOf({ server }: Pick<ConnectionOptions, 'server'>): string[] {
  return server.length === 0 ? ['127.0.0.1:8888'] : server;
}

/** `host:port`, `[ipv6]:port`, or a host alone for port 8888. */
function parseServer(text: string): Endpoint {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw new UsageError(`--server ${text} is not HOST:PORT`);
  return { host, port: Number(match?.[3] ?? 8888) };
}
