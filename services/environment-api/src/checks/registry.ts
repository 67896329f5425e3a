/** Asks the registry of an environment once which servers it lists, in the way Auth API watches it. */
import { type ConsulAccess, consulEndpoints } from '@gatehouse/config-server-client/consul';
import {
  type DiscoveryMetrics,
  dnsSrvEndpoints,
  type Endpoint,
  type EndpointSource,
  endpointName,
} from '@gatehouse/config-server-client/discovery';
import type { DiscoveryStep } from '@gatehouse/contracts/environment-administration';
import { saidAs } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import type { RegistryNames } from '../environments/discovery.ts';
import type { CheckLimits } from '../server-checks/check-server.ts';

export interface Registries {
  /** Undefined: this installation has no Consul. */
  consul: ConsulAccess | undefined;
  /** `address:port` of name servers; those of the machine when absent. */
  nameServers?: readonly string[];
}

export interface RegistryAnswer {
  step: DiscoveryStep;
  endpoints: readonly Endpoint[];
}

/** Undefined: the environment names no registry. Never throws: a failure is the result of the step. */
export async function askRegistry(
  names: RegistryNames,
  registries: Registries,
  limits: CheckLimits,
): Promise<RegistryAnswer | undefined> {
  const { consulService, srvRecord } = names;
  const startedMs = performance.now();
  const answer = (status: DiscoveryStep['status'], said: Said, endpoints: readonly Endpoint[] = []) => ({
    step: {
      step: 'discover' as const,
      ...saidAs(status, [said]),
      status,
      durationMs: Math.round(performance.now() - startedMs),
    },
    endpoints,
  });
  if (consulService !== undefined) {
    const name = JSON.stringify(consulService);
    const { consul } = registries;
    if (consul === undefined) {
      return answer('failed', say('check.registry.noConsul', { name }));
    }
    const listed = await listOnce(
      (metrics) => consulEndpoints({ ...consul, service: consulService, metrics }),
      limits,
    );
    return answer(...sentenceOf('consul', name, listed), listed.endpoints);
  }
  if (srvRecord === undefined) return undefined;
  const { nameServers } = registries;
  const listed = await listOnce(
    (metrics) => dnsSrvEndpoints({ name: srvRecord, nameServers, metrics }),
    limits,
  );
  return answer(...sentenceOf('srv', srvRecord, listed), listed.endpoints);
}

interface Listed {
  endpoints: readonly Endpoint[];
  problem: string | undefined;
}

/** Starts a watch, waits for its first answer and closes it. */
async function listOnce(
  watch: (metrics: DiscoveryMetrics) => EndpointSource,
  { timeoutMs, signal }: CheckLimits,
): Promise<Listed> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  limit.addEventListener('abort', () => resolve(), { once: true });
  const source = watch({ answered: () => resolve(), failed: () => resolve() });
  try {
    await promise;
    return { endpoints: source.current(), problem: source.problem };
  } finally {
    await source.close();
  }
}

function sentenceOf(
  kind: 'consul' | 'srv',
  name: string,
  { endpoints, problem }: Listed,
): [DiscoveryStep['status'], Said] {
  if (endpoints.length > 0) {
    const servers = endpoints.map(endpointName);
    return ['ok', say(`check.registry.${kind}.found`, { name, servers })];
  }
  if (problem === undefined) return ['failed', say(`check.registry.${kind}.empty`, { name })];
  return ['failed', say(`check.registry.${kind}.failed`, { name, problem })];
}
