/** `serve`: runs one simulator until it is told to stop. */
import type { ParseArgsOptionsConfig } from 'node:util';
import { type Logger, silentLogger } from '@gatehouse/config-server-client/log';
import { openControlDoor } from '../control/control-door.ts';
import { loadSeed } from '../seed/load.ts';
import type { ServerRole } from '../server/server-state.ts';
import type { ServerTlsOptions } from '../server/tls-server.ts';
import { type Simulator, startSimulator } from '../simulator.ts';
import { terminalLog } from '../terminal-log.ts';
import { readNamed } from './connection-options.ts';
import { type ConsulOptions, registerAsAsked } from './serve-consul.ts';
import { untilStopped } from './until-stopped.ts';

export const serveArgs = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '8888' },
  seed: { type: 'string', default: 'demo' },
  file: { type: 'string' },
  role: { type: 'string', default: 'primary' },
  name: { type: 'string', default: 'simulator' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-client-ca': { type: 'string' },
  control: { type: 'string' },
  consul: { type: 'string' },
  'consul-service': { type: 'string', default: 'config-server' },
  'consul-address': { type: 'string' },
  'consul-ca': { type: 'string' },
  'consul-cert': { type: 'string' },
  'consul-key': { type: 'string' },
  'consul-allow-plaintext': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

export const serveHelp = `Options of serve:
  --host ADDRESS       address to listen on                                          (127.0.0.1)
  --port NUMBER        port to listen on; 0 takes a free one                         (8888)
  --seed demo|FILE     the estate to start with: the demo, a JSON or YAML file, or a <ConfData> export in XML  (demo)
  --file FILE          keep the estate in this file; the seed then counts only for a new file
  --role ROLE          primary writes the file; backup follows it and takes over when the primary is gone;
                       proxy follows it for reading. SIGUSR2 makes a primary hand over to its backup  (primary)
  --name NAME          how this server calls itself                                  (simulator)
  --tls-cert FILE      encrypt: certificate, with --tls-key FILE; --tls-client-ca FILE demands client certificates
  --control FILE       take what \`admin\` asks for at this socket, which only the same user of the machine may open
  --consul URL         register in this Consul agent with a TTL check; the token is read from CONSUL_HTTP_TOKEN,
                       --consul-service NAME (config-server), --consul-address HOST where clients reach this server,
                       --consul-ca FILE to trust; --consul-cert, --consul-key for mutual TLS;
                       --consul-allow-plaintext permits http to another machine
  --quiet              print nothing but the ready line
  --verbose            print more

The demo estate has the application "gatehouse" with the service account gatehouse / demo-service-password,
and in its tenant "demo" the users agent, supervisor, admin, locked (disabled) and newcomer (must change the
password), each with the password demo-<name>-password.`;

export interface ServeOptions extends ConsulOptions {
  host: string;
  port: number;
  /** `demo` or a path. */
  seed: string;
  file?: string | undefined;
  role: string;
  'tls-cert'?: string | undefined;
  'tls-key'?: string | undefined;
  'tls-client-ca'?: string | undefined;
  /** A path for the socket. */
  control?: string | undefined;
  quiet: boolean;
  verbose: boolean;
}

/** Resolves with the exit code after SIGTERM or SIGINT. Errors: a sentence for a bad seed or a port that is taken. */
export async function serve(options: ServeOptions): Promise<number> {
  const log = options.quiet
    ? silentLogger
    : terminalLog((line) => process.stdout.write(line), { isVerbose: options.verbose, now: Date.now });
  const simulator = await start(options, log);
  try {
    return await serveControlled(simulator, options, log);
  } finally {
    await simulator.close();
  }
}

/** Errors: a sentence for a control socket that cannot be used; those of `serveUntilStopped`. */
async function serveControlled(simulator: Simulator, options: ServeOptions, log: Logger): Promise<number> {
  const { control } = options;
  const door = control === undefined ? undefined : await openControlDoor(control, simulator, log);
  try {
    return await serveUntilStopped(simulator, options, log);
  } finally {
    await door?.close();
  }
}

/** Errors: a sentence for settings of Consul that cannot or must not be used. */
async function serveUntilStopped(simulator: Simulator, options: ServeOptions, log: Logger): Promise<number> {
  const registration = registerAsAsked(options, simulator, log);
  const stopped = untilStopped();
  const handOver = () => {
    simulator.switchover().catch((error: Error) => log.error({ error }, 'the switchover failed'));
  };
  process.on('SIGUSR2', handOver);
  process.stdout.write(`config-server-simulator listening on ${simulator.host}:${simulator.port}\n`);
  await stopped;
  process.off('SIGUSR2', handOver);
  await registration?.close();
  return 0;
}

/** Errors: a sentence for a number that is no port. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port ${text} is not between 0 and 65535`);
}

async function start(options: ServeOptions, log: Logger): Promise<Simulator> {
  const { host, port, file, name } = options;
  const role = parseRole(options.role);
  if (role !== 'primary' && file === undefined)
    throw new Error(`--role ${role} needs the --file that its primary writes`);
  const seed = await loadSeed(options.seed, log);
  try {
    return await startSimulator({
      host,
      port,
      seed,
      log,
      role,
      name,
      ...(file === undefined ? {} : { file }),
      ...serverTls(options),
    });
  } catch (error) {
    throw new Error(reasonOf(error as NodeJS.ErrnoException, options), { cause: error });
  }
}

/** What the system says, with the option it is about. */
function reasonOf(error: NodeJS.ErrnoException, { host, port, file }: ServeOptions): string {
  if (error.code === 'EADDRINUSE') return `port ${port} on ${host} is taken; choose another with --port`;
  if (error.syscall === 'listen')
    return `--host ${host} --port ${port} cannot be listened on: ${error.message}`;
  if (error.code?.startsWith('ERR_OSSL'))
    return `--tls-cert, --tls-key or --tls-client-ca is no PEM: ${error.message}`;
  if (error.syscall !== undefined) return `--file ${file} cannot be used: ${error.message}`;
  return error.message;
}

/** Errors: a sentence when only one of certificate and key is given. */
function serverTls(options: ServeOptions): { tls?: ServerTlsOptions } {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = options;
  if (cert === undefined && key === undefined && clientCa === undefined) return {};
  if (cert === undefined || key === undefined) throw new Error('--tls-cert and --tls-key go together');
  return {
    tls: {
      cert: readNamed('--tls-cert', cert),
      key: readNamed('--tls-key', key),
      clientCa: clientCa === undefined ? undefined : readNamed('--tls-client-ca', clientCa),
    },
  };
}

function parseRole(text: string): ServerRole {
  if (text === 'primary' || text === 'backup' || text === 'proxy') return text;
  throw new Error(`--role ${text} is none of primary, backup, proxy`);
}
