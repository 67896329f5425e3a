/** Notices a proxy that is not trusted: all callers behind it share one address, and with it every limit by address. */
import type { FastifyRequest } from 'fastify';
import { type Probe, saidAs } from '../health/diagnosis.ts';
import type { Logger } from '../observability/logging/logger.ts';
import type { Metrics } from '../observability/metrics/registry.ts';
import { say } from '../sentences/say.ts';
import type { App } from './app-type.ts';

export type ProxyWatch = ReturnType<typeof createProxyWatch>;

export function createProxyWatch({ log, metrics }: { log: Logger; metrics: Metrics }) {
  const ignored = metrics.counter(
    'gatehouse_forwarded_addresses_ignored_total',
    'Requests with X-Forwarded-For from an address that is not in http.trustedProxies.',
  );
  let untrusted: string | undefined;

  return {
    record({ headers, ips, socket }: Pick<FastifyRequest, 'headers' | 'ips' | 'socket'>): void {
      // With a trusted peer, Fastify lists the forwarded addresses after it.
      if (headers['x-forwarded-for'] === undefined || (ips?.length ?? 1) > 1) return;
      ignored.inc();
      if (untrusted !== undefined) return;
      untrusted = socket.remoteAddress ?? 'unknown';
      log.warn(
        { proxyAddress: untrusted },
        'X-Forwarded-For is ignored: the proxy that sends it is not in http.trustedProxies, so all callers behind it share one address and its limits',
      );
    },
    probe: {
      name: 'Trusted proxies',
      async run() {
        return untrusted === undefined
          ? saidAs('ok', [say('probe.proxies.fine')])
          : saidAs('warning', [say('probe.proxies.ignored', { address: untrusted })]);
      },
    } satisfies Probe,
  };
}

export function recordForwarding(app: App, watch: ProxyWatch): void {
  app.addHook('onRequest', (request, _reply, done) => {
    watch.record(request);
    done();
  });
}
