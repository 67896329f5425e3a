/** Composes the diagnosis: one probe for each server that this service depends on, and the route that runs them. */

import type { HttpClient } from '@gatehouse/api-client/http-client';
import { UpstreamError } from '@gatehouse/api-client/upstream-error';
import type { ElasticsearchConfig } from '@gatehouse/audit-trail/elasticsearch/client';
import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch/probe';
import type { ConsulAccess } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { consulProbe } from '@gatehouse/config-server-client/discovery/consul/consul-probe';
import { advisoryCheck, type Probe } from '@gatehouse/service-kit/health';
import { type App, createProxyWatch, type Kit } from '@gatehouse/service-kit/http';
import { pingRedis, type RedisClient, redisProbe } from '@gatehouse/service-kit/redis';
import { diagnosisRoutes } from './routes.ts';

export function composeDiagnosis({
  postgresProbe,
  clockProbe,
  secretsProbe,
  directoriesProbe,
  redis,
  authApi,
  introspectionPath,
  elasticsearch,
  forwardProbe,
  consul,
  kit,
}: {
  postgresProbe: Probe;
  clockProbe: Probe;
  secretsProbe: Probe;
  directoriesProbe: Probe;
  redis: RedisClient;
  authApi: HttpClient;
  introspectionPath: string;
  elasticsearch: ElasticsearchConfig;
  forwardProbe: Probe;
  consul: ConsulAccess | undefined;
  kit: Kit;
}) {
  const proxyWatch = createProxyWatch(kit);
  const ofAuthApi = authApiProbe(authApi, introspectionPath);
  const ofElasticsearch = elasticsearchProbe(elasticsearch);
  const ofConsul = consulProbe(consul);
  const probes = [
    postgresProbe,
    redisProbe(redis, { keepsTokens: false }),
    clockProbe,
    secretsProbe,
    ofAuthApi,
    ofElasticsearch,
    forwardProbe,
    ofConsul,
    directoriesProbe,
    proxyWatch.probe,
  ];
  return {
    proxyWatch,
    probes,
    /** For `/health`: without them the service goes on. */
    advisoryChecks: [
      { name: 'redis', isAdvisory: true, check: () => pingRedis(redis) },
      advisoryCheck('auth-api', ofAuthApi),
      ...(elasticsearch.nodes.length > 0 ? [advisoryCheck('elasticsearch', ofElasticsearch)] : []),
      ...(consul ? [advisoryCheck('consul', ofConsul)] : []),
    ],
    routes: async (api: App) => diagnosisRoutes(api, { probes, version: kit.version }),
  };
}

/** Auth API must accept the service client, without which no token can be introspected. */
function authApiProbe(authApi: HttpClient, path: string): Probe {
  return {
    name: 'Auth API',
    async run() {
      try {
        // Any token will do: an answer proves that the service client may introspect.
        await authApi.send({
          method: 'POST',
          path,
          form: { token: 'diagnosis' },
        });
      } catch (error) {
        if (!(error instanceof UpstreamError) || (error.status !== 401 && error.status !== 403)) throw error;
        const fix = 'set GATEHOUSE_SERVICE_CLIENT_ID and _SECRET alike on both sides';
        return { status: 'failed', message: `It refused the service client: ${fix}.` };
      }
      return { status: 'ok', message: 'It answers, and knows the service client.' };
    },
  };
}
