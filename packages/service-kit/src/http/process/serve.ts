/** Serves: the management port at once, the others when the service can work; after a signal it drains and ends. */
import { setTimeout as delay, setImmediate as untilRead } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { ConfigOf, Configuration } from '../../config/configuration.ts';
import { createReadiness, type Readiness } from '../../health/readiness.ts';
import { createStart } from '../../health/start.ts';
import type { Logger } from '../../observability/logging/logger.ts';
import { maxFlushMs, type Outputs } from '../../observability/logging/outputs.ts';
import { startSummary } from '../../observability/logging/start-summary.ts';
import type { Metrics } from '../../observability/metrics/registry.ts';
import { startTracing } from '../../tracing/tracing.ts';
import { createManagementApp } from './management.ts';
import type { CommonConfig, Kit, LogShipping, Service } from './service.ts';

interface Serving<C extends Configuration> {
  config: ConfigOf<C> & CommonConfig;
  kit: Kit;
  logShipping: LogShipping | undefined;
  outputs: Outputs;
}

export async function serve<C extends Configuration, D>(
  service: Service<C, D>,
  { config, kit: plainKit, logShipping, outputs }: Serving<C>,
): Promise<void> {
  const { log, version } = plainKit;
  const { service: name } = service.configuration;
  const tracing = await startTracing(config.tracing, { name, version });
  const kit = { ...plainKit, tracing };
  const deps = await service.createDeps(config, kit);
  const start = createStart(service.startSteps?.(deps) ?? [], log);
  let isServing = false;
  const readiness = createReadiness(service.readinessChecks(deps), {
    start: {
      // A replica that gets traffic before its port is open would refuse it.
      get awaited() {
        return start.awaited ?? (isServing ? undefined : { name: 'listener', reason: 'not open yet' });
      },
    },
  });
  showDependencies(kit.metrics, readiness);
  const management = createManagementApp({ service: name, ...kit, readiness, config });
  const managementUrl = await management.listen({
    host: config.http.managementHost,
    port: config.http.managementPort,
  });
  const probed = readiness.probe();
  readiness.start();
  const closing = new AbortController();
  // The stores answer while the routes are built.
  const started = start.run(closing.signal);
  const app = await service.buildApp(deps);
  const internalApp = await service.buildInternalApp?.(deps);
  closeOnSignal({
    config,
    log,
    kit,
    isServing: () => isServing,
    async close() {
      closing.abort();
      readiness.stop();
      // Nobody was served: connections that are being opened would only delay the end.
      if (isServing) {
        await Promise.all([app.close(), internalApp?.close()]);
        await management.close();
        await service.closeDeps(deps);
        await tracing?.close();
      }
      await logShipping?.close();
      log.info('closed');
      await outputs.flush(maxFlushMs);
    },
  });

  await Promise.all([started, probed, app.ready(), internalApp?.ready()]);
  if (closing.signal.aborted) return;
  const internalUrl = config.internal && (await internalApp?.listen(listenAt(config.internal)));
  const url = await app.listen(listenAt(config.http));
  isServing = true;
  const facts = { url, internalUrl, managementUrl, version, ready: readiness.isReady };
  log.info({ ...facts, ...startSummary(config) }, `${name} is listening`);
}

const listenAt = ({ host, port }: { host: string; port: number }) => ({ host, port });

function showDependencies(metrics: Metrics, readiness: Readiness): void {
  metrics.gauge(
    'gatehouse_dependency_up',
    '1 while a dependency answers; of those that are not advisory each takes the process out of service.',
    ['dependency'],
    (gauge) => {
      // The steps of the start are no dependencies afterwards.
      gauge.reset();
      for (const { name, ok } of readiness.states) gauge.set({ dependency: name }, ok ? 1 : 0);
    },
  );
}

interface Closing {
  config: CommonConfig;
  log: Logger;
  kit: Kit;
  isServing(): boolean;
  close(): Promise<void>;
}

/** Readiness goes off first; requests are served until the load balancer has noticed; then everything closes. */
function closeOnSignal({ config, log, kit, isServing, close }: Closing): void {
  const { drainDelayMs, shutdownTimeoutMs } = config.http;
  closeWithGrace({ delay: shutdownTimeoutMs, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'unexpected error, the process ends');
    kit.drain.isDraining = true;
    if (!err && isServing()) {
      log.info({ signal, drainDelayMs }, 'draining');
      await delay(drainDelayMs);
      // A request that waits in the socket is read first: closing its connection unread would reset it.
      await untilRead();
    }
    await close();
  });
}
