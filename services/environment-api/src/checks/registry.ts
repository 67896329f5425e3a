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
  const answer = (status: DiscoveryStep['status'], message: string, endpoints: readonly Endpoint[] = []) => ({
    step: {
      step: 'discover' as const,
      status,
      message,
      durationMs: Math.round(performance.now() - startedMs),
    },
    endpoints,
  });
  if (consulService !== undefined) {
    const name = `the service ${JSON.stringify(consulService)} in Consul`;
    const { consul } = registries;
    if (consul === undefined) {
      const fix = 'set it (for Auth API too), or take consulService away';
      return answer(
        'failed',
        `The environment names ${name}, but GATEHOUSE_CONSUL_URL is not set here: ${fix}`,
      );
    }
    const listed = await listOnce(
      (metrics) => consulEndpoints({ ...consul, service: consulService, metrics }),
      limits,
    );
    return answer(...sentenceOf(name, listed), listed.endpoints);
  }
  if (srvRecord === undefined) return undefined;
  const { nameServers } = registries;
  const listed = await listOnce(
    (metrics) => dnsSrvEndpoints({ name: srvRecord, nameServers, metrics }),
    limits,
  );
  return answer(...sentenceOf(`the SRV record ${srvRecord}`, listed), listed.endpoints);
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

function sentenceOf(name: string, { endpoints, problem }: Listed): [DiscoveryStep['status'], string] {
  if (endpoints.length === 0) {
    const fix = 'correct the name, or register the servers there';
    return ['failed', `No server was found through ${name} (${problem ?? 'it lists none'}): ${fix}`];
  }
  return ['ok', `Found through ${name}: ${endpoints.map(endpointName).join(', ')}.`];
}
