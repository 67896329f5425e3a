/** Builds the second, private server: probes, metrics, version and configuration. */
import { definedOnly } from '@gatehouse/contracts/values';
import Fastify, { type FastifyInstance } from 'fastify';
import { hidePassword } from '../../crypto/secret.ts';
import type { Readiness } from '../../health/readiness.ts';
import type { Metrics } from '../../observability/metrics/registry.ts';
import type { Drain } from '../drain.ts';
import { plainUrl } from '../plain-paths.ts';

export interface ManagementOptions {
  service: string;
  version: string;
  readiness: Readiness;
  metrics: Metrics;
  drain: Drain;
  /** The loaded configuration; secrets print as [secret]. */
  config: unknown;
}

export function createManagementApp(options: ManagementOptions): FastifyInstance {
  const { readiness, drain, metrics } = options;
  const app = Fastify({ logger: false, forceCloseConnections: true, rewriteUrl: plainUrl });
  const isUp = () => readiness.isReady && !drain.isDraining;

  // Liveness means only that the event loop answers.
  app.get('/healthz', async () => ({ status: 'UP' }));

  app.get('/readyz', async (_request, reply) => {
    reply.code(isUp() ? 200 : 503);
    const failing = readiness.states.filter(({ ok, isAdvisory }) => !ok && !isAdvisory);
    return {
      status: isUp() ? 'UP' : 'DOWN',
      draining: drain.isDraining,
      failing: failing.map(({ name }) => name),
      ...(failing.length > 0 && {
        reasons: Object.fromEntries(failing.map(({ name, reason }) => [name, reason])),
      }),
    };
  });

  app.get('/health', async (_request, reply) => {
    reply.code(isUp() ? 200 : 503);
    return {
      status: isUp() ? 'UP' : 'DOWN',
      components: Object.fromEntries(
        readiness.states.map(({ name, ok, reason }) => [
          name,
          { status: ok ? 'UP' : 'DOWN', ...definedOnly({ reason }) },
        ]),
      ),
    };
  });

  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.expose();
  });

  app.get('/info', async () => ({
    service: options.service,
    version: options.version,
    node: process.version,
    uptimeSeconds: Math.round(process.uptime()),
    config: withoutPasswords(options.config),
  }));

  return app;
}

function withoutPasswords(config: unknown): unknown {
  const hidden = (_name: string, value: unknown) => (typeof value === 'string' ? hidePassword(value) : value);
  return JSON.parse(JSON.stringify(config ?? {}, hidden));
}
