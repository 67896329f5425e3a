/** Runs one simulator until it is told to stop: the command `serve`. */
import { readFileSync } from 'node:fs';
import type { ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Logger, silentLogger } from '@gatehouse/config-server-client/surroundings';
import type { ServerTlsOptions } from '../connections/tls-server.ts';
import { type ConsulRegistration, registerInConsul } from '../consul-registration/register-in-consul.ts';
import type { ServerRole } from '../requests/server-context.ts';
import { loadSeed } from '../seed/load.ts';
import { type Simulator, startSimulator } from '../simulator.ts';
import { terminalLog } from './terminal-log.ts';

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
  --seed demo|FILE     the people to start with: the demo, a JSON or YAML file, or a <ConfData> export in XML  (demo)
  --file FILE          keep everything in this JSON file; the seed then counts only for a new file
  --role ROLE          primary writes the file; backup follows it and takes over when the primary is gone;
                       proxy follows it for reading. SIGUSR2 makes a primary hand over to its backup  (primary)
  --name NAME          how this server calls itself                                  (simulator)
  --tls-cert FILE      encrypt: certificate, with --tls-key FILE; --tls-client-ca FILE demands client certificates
  --consul URL         register in this Consul agent with a TTL check; the token is read from CONSUL_HTTP_TOKEN,
                       --consul-service NAME (config-server), --consul-address HOST where clients reach this server,
                       --consul-ca FILE to trust; --consul-cert, --consul-key for mutual TLS;
                       --consul-allow-plaintext permits http to another machine
  --quiet              print nothing but the ready line
  --verbose            print more

The demo has the application "gatehouse" with the service account gatehouse / demo-service-password, and in its
tenant "demo" the users agent, supervisor, admin, locked (disabled) and newcomer (must change the password), each
with the password demo-<name>-password.`;

type ServeOptions = ReturnType<typeof parseArgs<{ options: typeof serveArgs }>>['values'];

/** Resolves after SIGTERM or SIGINT. @throws Error with a sentence for wrong options, a bad seed or file, a port in use */
export async function serve(options: ServeOptions): Promise<void> {
  const log = options.quiet
    ? silentLogger
    : terminalLog((line) => process.stdout.write(line), { isVerbose: options.verbose, now: Date.now });
  const simulator = await start(options, log);
  try {
    const registration = register(options, simulator, log);
    process.on('SIGUSR2', () => {
      handOver(simulator, options).catch((error: Error) => log.error({ error }, 'the hand-over failed'));
    });
    await untilStopped(simulator);
    await registration?.close();
  } finally {
    await simulator.close();
  }
}

async function start(options: ServeOptions, log: Logger): Promise<Simulator> {
  const { host, file, name } = options;
  const port = parsePort(options.port);
  const role = parseRole(options.role);
  if (role !== 'primary' && file === undefined)
    throw new Error(`--role ${role} needs the --file that its primary writes`);
  const seed = await loadSeed(options.seed, log);
  const tls = serverTls(options);
  try {
    return await startSimulator({ host, port, seed, log, role, name, file, tls });
  } catch (error) {
    throw new Error(reasonOf(error as NodeJS.ErrnoException, options), { cause: error });
  }
}

/** Without a file no backup can follow, and this server must stay primary. */
async function handOver(simulator: Simulator, { file }: ServeOptions): Promise<void> {
  if (file === undefined) throw new Error('a hand-over needs a --file that a backup follows');
  await simulator.handOver();
}

function untilStopped(simulator: Simulator): Promise<void> {
  process.stdout.write(`config-server-simulator listening on ${simulator.host}:${simulator.port}\n`);
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

/** Names the option that an error of the operating system is about. */
function reasonOf(error: NodeJS.ErrnoException, { host, port, file }: ServeOptions): string {
  if (error.code === 'EADDRINUSE') return `port ${port} on ${host} is taken; choose another with --port`;
  if (error.syscall === 'listen')
    return `--host ${host} --port ${port} cannot be listened on: ${error.message}`;
  if (error.code?.startsWith('ERR_OSSL'))
    return `--tls-cert, --tls-key or --tls-client-ca is no PEM: ${error.message}`;
  if (error.syscall !== undefined) return `--file ${file} cannot be used: ${error.message}`;
  return error.message;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--port ${text} is not between 0 and 65535`);
}

function parseRole(text: string): ServerRole {
  if (text === 'primary' || text === 'backup' || text === 'proxy') return text;
  throw new Error(`--role ${text} is none of primary, backup, proxy`);
}

function serverTls(options: ServeOptions): ServerTlsOptions | undefined {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa } = options;
  if (cert === undefined && key === undefined && clientCa === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error('--tls-cert and --tls-key go together');
  return {
    cert: readNamed('--tls-cert', cert),
    key: readNamed('--tls-key', key),
    clientCa: clientCa && readNamed('--tls-client-ca', clientCa),
  };
}

/** Consul is told the current role at every renewal: a backup that took over is found as primary. */
function register(options: ServeOptions, simulator: Simulator, log: Logger): ConsulRegistration | undefined {
  const { consul, 'consul-address': address = simulator.host, 'consul-service': service } = options;
  if (consul === undefined) return undefined;
  if (address === '0.0.0.0' || address === '::')
    throw new Error(`--consul-address is missing: nobody reaches this server at ${address}`);
  const { 'consul-ca': ca, 'consul-cert': cert, 'consul-key': key } = options;
  const tls = {
    ca: ca && readNamed('--consul-ca', ca),
    cert: cert && readNamed('--consul-cert', cert),
    key: key && readNamed('--consul-key', key),
  };
  return registerInConsul({
    url: consul,
    token: process.env['CONSUL_HTTP_TOKEN'],
    tls: Object.values(tls).some(Boolean) ? tls : undefined,
    allowPlaintext: options['consul-allow-plaintext'],
    service,
    id: `${service}-${options.name}-${simulator.port}`,
    host: address,
    port: simulator.port,
    current: () => ({ role: simulator.state.role }),
    log,
  });
}

function readNamed(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${option} ${file} cannot be read: ${(error as Error).message}`);
  }
}
