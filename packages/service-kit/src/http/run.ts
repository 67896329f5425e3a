/** Runs a service process: configuration, start, drain, end. */

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { ConfigOf, Configuration } from '../config/configuration.ts';
import { ConfigError, loadConfig } from '../config/load.ts';
import type { TracingConfig } from '../config/shared-settings.ts';
import { overridesInUse } from '../config/weaknesses.ts';
import { createReadiness, type Readiness, type ReadinessCheck } from '../health/readiness.ts';
import { type Ask, type ReleasePlaces, runReleaseCheck } from '../health/release-check.ts';
import { createLogger, type Logger } from '../logging/logger.ts';
import { startSummary } from '../logging/start-summary.ts';
import { createMetrics, type Metrics } from '../metrics/registry.ts';
import { startTracing, type Tracing } from '../tracing/tracing.ts';
import type { App } from './app-type.ts';
import { createDrain, type Drain } from './drain.ts';
import { createManagementApp } from './management.ts';

/** What every service gets from its process. */
export interface Kit {
  log: Logger;
  metrics: Metrics;
  drain: Drain;
  version: string;
  /** Absent where tracing is off. */
  tracing?: Tracing | undefined;
  /** Collects the routes for the OpenAPI document instead of serving. */
  describesApi?: boolean;
}

export interface Service<C extends Configuration, D> {
  configuration: C;
  /** URL of the service's package.json, for its version. */
  packageUrl: URL;
  /** Opens pools and clients. */
  createDeps(config: ConfigOf<C>, kit: Kit): Promise<D>;
  closeDeps(deps: D): Promise<void>;
  buildApp(deps: D): Promise<App>;
  /** Builds the listener for the other services of the installation. */
  buildInternalApp?(deps: D): Promise<App>;
  readinessChecks(deps: D): ReadinessCheck[];
  /** Asks the installed release what its callers ask. @throws Error with one sentence for the operator */
  checkRelease(config: ConfigOf<C>, places: ReleasePlaces, ask: Ask): Promise<void>;
  /** Migrates the database to this version. */
  migrate?(config: ConfigOf<C>, log: Logger): Promise<void>;
  /** Commands that an operator runs by name; the process ends with them. */
  commands?: Record<string, (deps: D, log: Logger) => Promise<void>>;
  /** Builds the routes without dependencies, for the OpenAPI document. */
  describe(kit: Kit): Promise<App>;
  /** Where a serving process sends its log lines besides standard output; absent or undefined: nowhere. */
  shipLogs?(config: ConfigOf<C>): Promise<LogShipping | undefined>;
}

/** Receives every log line as JSON and sends it on; `start` begins to send, `close` sends what is left. */
export interface LogShipping {
  write(line: string): void;
  start(log: Logger): void;
  close(): Promise<void>;
}

interface CommonConfig {
  log: { level: string; format: 'json' | 'pretty' };
  tracing?: TracingConfig;
  http: {
    host: string;
    port: number;
    managementHost: string;
    managementPort: number;
    drainDelayMs: number;
    shutdownTimeoutMs: number;
  };
  internal?: { host: string; port: number };
}

/** sysexits.h EX_CONFIG: the configuration is wrong and a restart will not help. */
const exitConfig = 78;

const commands = ['serve', 'check-config', 'check-release', 'migrate', 'print-openapi'];

/** Runs the command of the process: one of `commands` (default: serve) or one of the service's own. */
export async function runService<C extends Configuration, D>(service: Service<C, D>): Promise<void> {
  const command = process.argv[2] ?? 'serve';
  if (command === 'print-openapi') return printOpenApi(service);
  const known = [...commands, ...Object.keys(service.commands ?? {})];
  if (!known.includes(command)) return fail(64, `Unknown command ${command}: use one of ${known.join(', ')}`);
  const work = service.commands?.[command];
  let config: ConfigOf<C> & CommonConfig;
  try {
    config = loadConfig(service.configuration, { env: process.env }) as ConfigOf<C> & CommonConfig;
  } catch (error) {
    if (error instanceof ConfigError) return fail(exitConfig, error.message);
    throw error;
  }
  if (command === 'check-config') {
    for (const { message } of overridesInUse(service.configuration, config))
      process.stdout.write(`Warning: ${message}\n`);
    process.stdout.write(`The configuration of ${service.configuration.service} is complete.\n`);
    return;
  }
  if (command === 'check-release')
    return runReleaseCheck(service.configuration.service, process.argv.slice(3), (places, ask) =>
      service.checkRelease(config, places, ask),
    );
  const logShipping = command === 'serve' ? await service.shipLogs?.(config) : undefined;
  const log = createLogger(service.configuration.service, config.log, undefined, logShipping);
  logShipping?.start(log);
  for (const { setting, message } of overridesInUse(service.configuration, config))
    log.warn({ setting }, message);
  try {
    if (command === 'migrate') await service.migrate?.(config, log);
    else if (work) await runCommand(service, config, log, work);
    else await serve(service, config, log, logShipping);
  } catch (error) {
    log.fatal({ err: error }, `${command} failed`);
    process.exitCode = 1;
    // Connections that were opened before the failure must not keep the process alive.
    setTimeout(() => process.exit(1), 1000).unref();
  }
}

async function runCommand<C extends Configuration, D>(
  service: Service<C, D>,
  config: ConfigOf<C>,
  log: Logger,
  work: (deps: D, log: Logger) => Promise<void>,
): Promise<void> {
  const deps = await service.createDeps(config, createKit(service, log));
  try {
    await work(deps, log);
  } finally {
    await service.closeDeps(deps);
  }
}

async function serve<C extends Configuration, D>(
  service: Service<C, D>,
  config: ConfigOf<C> & CommonConfig,
  log: Logger,
  logShipping: LogShipping | undefined,
): Promise<void> {
  const plainKit = createKit(service, log);
  const tracing = await startTracing(config.tracing, {
    name: service.configuration.service,
    version: plainKit.version,
  });
  const kit = { ...plainKit, tracing };
  const deps = await service.createDeps(config, kit);
  const readiness = createReadiness(service.readinessChecks(deps));
  const app = await service.buildApp(deps);
  const internalApp = await service.buildInternalApp?.(deps);
  const management = createManagementApp({
    service: service.configuration.service,
    ...kit,
    readiness,
    config,
  });
  showDependencies(kit.metrics, readiness);
  await readiness.probe();
  readiness.start();
  const managementUrl = await management.listen({
    host: config.http.managementHost,
    port: config.http.managementPort,
  });
  const internalUrl = config.internal && (await internalApp?.listen(listenAt(config.internal)));
  const url = await app.listen(listenAt(config.http));
  log.info(
    {
      url,
      internalUrl,
      managementUrl,
      version: kit.version,
      ready: readiness.isReady,
      ...startSummary(config),
    },
    `${service.configuration.service} is listening`,
  );
  closeOnSignal({
    config,
    log,
    kit,
    readiness,
    close: async () => {
      await Promise.all([app.close(), internalApp?.close()]);
      await management.close();
      await service.closeDeps(deps);
      await tracing?.close();
      await logShipping?.close();
    },
  });
}

const listenAt = ({ host, port }: { host: string; port: number }) => ({ host, port });

function showDependencies(metrics: Metrics, readiness: Readiness): void {
  metrics.gauge(
    'gatehouse_dependency_up',
    '1 while a dependency answers; of those that are not advisory each takes the process out of service.',
    ['dependency'],
    (gauge) => {
      for (const { name, ok } of readiness.states) gauge.set({ dependency: name }, ok ? 1 : 0);
    },
  );
}

interface Closing {
  config: CommonConfig;
  log: Logger;
  kit: Kit;
  readiness: Readiness;
  close(): Promise<void>;
}

/** Readiness goes off first; requests are served until the load balancer has noticed; then everything closes. */
function closeOnSignal({ config, log, kit, readiness, close }: Closing): void {
  const { drainDelayMs, shutdownTimeoutMs } = config.http;
  closeWithGrace({ delay: shutdownTimeoutMs, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'unexpected error, the process ends');
    kit.drain.isDraining = true;
    log.info({ signal, drainDelayMs }, 'draining');
    if (!err) await delay(drainDelayMs);
    readiness.stop();
    await close();
    log.info('closed');
  });
}

async function printOpenApi<C extends Configuration, D>(service: Service<C, D>): Promise<void> {
  const log = createLogger(service.configuration.service, { level: 'silent', format: 'json' });
  const app = await service.describe({ ...createKit(service, log), describesApi: true });
  await app.ready();
  process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`);
  await app.close();
}

function createKit<C extends Configuration, D>(service: Service<C, D>, log: Logger): Kit {
  const { version } = JSON.parse(readFileSync(service.packageUrl, 'utf8')) as { version: string };
  return { log, metrics: createMetrics(), drain: createDrain(), version };
}

function fail(exitCode: number, message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
