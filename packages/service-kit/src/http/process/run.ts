/** Runs a service process: reads its configuration and does what its command says. */

import { readFileSync } from 'node:fs';
import type { ConfigOf, Configuration } from '../../config/configuration.ts';
import { deprecationMessage, deprecationsInUse } from '../../config/deprecations.ts';
import { ConfigError, loadConfig } from '../../config/load.ts';
import { overridesInUse } from '../../config/weaknesses.ts';
import { runReleaseCheck } from '../../health/release-check.ts';
import { createLogger, type Logger, missingLines } from '../../observability/logging/logger.ts';
import { BlockingOutputError } from '../../observability/logging/output.ts';
import { maxFlushMs, type Outputs, openOutputs, printOnce } from '../../observability/logging/outputs.ts';
import { createMetrics, type Metrics } from '../../observability/metrics/registry.ts';
import type { OpenApiDocument } from '../../openapi/document.ts';
import { createDrain } from '../drain.ts';
import { serve } from './serve.ts';
import type { CommonConfig, Kit, Service } from './service.ts';

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
  const metrics = createMetrics();
  let config: ConfigOf<C> & CommonConfig;
  let outputs: Outputs;
  try {
    config = loadConfig(service.configuration, { env: process.env }) as ConfigOf<C> & CommonConfig;
    outputs = openCountedOutputs(service.configuration.service, config.log, metrics);
  } catch (error) {
    if (error instanceof ConfigError || error instanceof BlockingOutputError)
      return fail(exitConfig, error.message);
    throw error;
  }
  if (command === 'check-config') {
    for (const { message } of warningsOf(service.configuration, config))
      process.stdout.write(`Warning: ${message}\n`);
    process.stdout.write(`The configuration of ${service.configuration.service} is complete.\n`);
    return outputs.flush(maxFlushMs);
  }
  if (command === 'check-release') {
    await runReleaseCheck(service.configuration.service, process.argv.slice(3), (places, ask) =>
      service.checkRelease(config, places, ask),
    );
    return outputs.flush(maxFlushMs);
  }
  const logShipping = command === 'serve' ? await service.shipLogs?.(config) : undefined;
  const log = createLogger(service.configuration.service, config.log, outputs.log, logShipping);
  logShipping?.start(log);
  for (const { setting, message } of warningsOf(service.configuration, config))
    log.warn({ setting }, message);
  try {
    if (command === 'migrate') await service.migrate?.(config, log);
    else if (work) await runCommand(service, config, createKit(service, { log, metrics }), work);
    else await serve(service, { config, kit: createKit(service, { log, metrics }), logShipping, outputs });
  } catch (error) {
    if (command === 'migrate') printPlainly(error as Error, log);
    else log.fatal({ err: error }, `${command} failed`);
    process.exitCode = 1;
    // Connections that were opened before the failure must not keep the process alive.
    setTimeout(() => process.exit(1), 1000).unref();
  }
  await outputs.flush(maxFlushMs);
}

/** Once for each start, and never for a request. */
function warningsOf(configuration: Configuration, config: object) {
  const deprecated = deprecationsInUse(configuration, config).map((one) => ({
    setting: one.setting,
    message: deprecationMessage(one),
  }));
  return [...overridesInUse(configuration, config), ...deprecated];
}

function openCountedOutputs(name: string, log: CommonConfig['log'], metrics: Metrics) {
  const lines = metrics.counter(
    'gatehouse_log_lines_dropped_total',
    'Lines that found no room in the buffer of an output, because nobody read it or its disk was full.',
    ['output'],
  );
  for (const output of ['stdout', 'stderr']) lines.inc({ output }, 0);
  return openOutputs({
    maxBytes: log.bufferBytes,
    onDropped: (output) => lines.inc({ output }),
    noticeOfDropped: (count) => missingLines(name, log, count),
  });
}

async function runCommand<C extends Configuration, D>(
  service: Service<C, D>,
  config: ConfigOf<C>,
  kit: Kit,
  work: (deps: D, log: Logger) => Promise<void>,
): Promise<void> {
  const deps = await service.createDeps(config, kit);
  try {
    await work(deps, kit.log);
  } finally {
    await service.closeDeps(deps);
  }
}

async function printOpenApi<C extends Configuration, D>(service: Service<C, D>): Promise<void> {
  process.stdout.write(`${JSON.stringify(await openApiOf(service), null, 2)}\n`);
}

/** The OpenAPI document of an application that is built without servers. */
export async function openApiOf(
  service: Pick<Service<Configuration, never>, 'packageUrl' | 'describe'>,
): Promise<OpenApiDocument> {
  const log = createLogger('openapi', { level: 'silent', format: 'json' });
  const kit = createKit(service, { log, metrics: createMetrics({ processMetrics: false }) });
  const app = await service.describe({ ...kit, describesApi: true });
  await app.ready();
  const document = JSON.parse(JSON.stringify(app.swagger()));
  await app.close();
  return document;
}

function createKit(service: { packageUrl: URL }, own: Pick<Kit, 'log' | 'metrics'>): Kit {
  const { version } = JSON.parse(readFileSync(service.packageUrl, 'utf8')) as { version: string };
  return { ...own, drain: createDrain(), version };
}

/** One sentence, the last line: it becomes the message of the ended container, which operators see first. */
function printPlainly(error: Error, log: Logger): void {
  log.debug({ err: error }, 'the migration failed');
  process.stderr.write(`${error.message}\n`);
}

async function fail(exitCode: number, message: string): Promise<void> {
  process.exitCode = exitCode;
  await printOnce(`${message}\n`);
}
