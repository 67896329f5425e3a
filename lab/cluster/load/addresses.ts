/** Finds the addresses of the three services in the cluster, as their callers there know them. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Addresses } from '../../harness/service-http.ts';
import type { Cluster } from '../cluster.ts';
import { workplace } from '../workplace.ts';

interface Service {
  spec: { clusterIP: string; ports: { port: number; appProtocol?: string }[] };
}

export async function addressesOf(cluster: Cluster): Promise<Addresses> {
  const addressOf = async (service: string) => {
    const { spec } = await cluster.get<Service>('service', service, '--namespace', cluster.namespace);
    const [{ port, appProtocol = 'http' } = { port: 80 }] = spec.ports;
    return `${appProtocol}://${spec.clusterIP}:${port}`;
  };
  // docs/guides/tls.md makes it.
  const authority = path.join(workplace, 'pods-ca.crt');
  return {
    authApi: await addressOf('auth-api'),
    authUi: await addressOf('auth-ui'),
    environmentApi: await addressOf('environment-api'),
    ...(existsSync(authority) && { ca: readFileSync(authority, 'utf8') }),
  };
}

/** The operator's password is in the Secret of the documentation. */
export async function operatorOf(cluster: Cluster) {
  const [password = ''] = (await secretOf(cluster))['ops-password']?.split('\n') ?? [];
  return { username: 'ops', password };
}

export async function secretOf({ get, namespace }: Cluster): Promise<Record<string, string>> {
  const { data } = await get<{ data: Record<string, string> }>(
    ...['secret', 'gatehouse', '--namespace', namespace],
  );
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}
