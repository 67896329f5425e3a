/** Renews the certificates of the pods while they run. */

import { attempt } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { inNetwork } from '../node/network.ts';
import { becomes } from '../step.ts';
import { podsOf, services } from './pods.ts';

/** As docs/guides/tls.md issues the first ones. */
const renewal = `
for service in ${services.join(' ')}; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$service" -keyout $service.key -out $service.csr
  openssl x509 -req -in $service.csr -CA pods-ca.crt -CAkey pods-ca.key -days 90 -out $service.crt -extfile /dev/stdin <<NAMES
subjectAltName=DNS:$service,DNS:$service.gatehouse,DNS:$service.gatehouse.svc,DNS:$service-internal,DNS:localhost,IP:127.0.0.1
NAMES
  kubectl --namespace gatehouse create secret tls $service-tls --cert=$service.crt --key=$service.key --dry-run=client --output yaml |
    kubectl apply --filename -
done`;

/** Returns how long it took until every pod showed its new certificate, and whether one was restarted meanwhile. */
export async function renewCertificates(cluster: Cluster): Promise<{ seconds: number; restarted: boolean }> {
  const before = await lives(cluster);
  const former = await serials();
  const startMs = performance.now();
  await cluster.shell.run(renewal);
  await becomes(
    'every pod shows its new certificate',
    async () => {
      const shown = await serials();
      return shown.every((serial, index) => serial !== '' && serial !== former[index]);
    },
    { timeoutMs: 180_000, everyMs: 1_000 },
  );
  return {
    seconds: Math.round((performance.now() - startMs) / 1_000),
    restarted: (await lives(cluster)).join() !== before.join(),
  };

  /** Of what each pod shows to its callers, in one order. */
  async function serials(): Promise<string[]> {
    const pods = await podsInOrder(cluster);
    return await Promise.all(pods.map(({ status }) => serialAt(`${status.podIP}:8080`)));
  }
}

async function serialAt(address: string): Promise<string> {
  const line = `openssl s_client -connect ${address} </dev/null 2>/dev/null | openssl x509 -noout -serial`;
  return (await attempt(...inNetwork('sh', '-c', line))).stdout.trim();
}

async function lives(cluster: Cluster): Promise<string[]> {
  const pods = await podsInOrder(cluster);
  return pods.map(
    ({ metadata, status }) => `${metadata.name} ${status.containerStatuses?.[0]?.restartCount}`,
  );
}

async function podsInOrder(cluster: Cluster) {
  const pods = (await Promise.all(services.map((service) => podsOf(cluster, service)))).flat();
  return pods.toSorted((left, right) => left.metadata.name.localeCompare(right.metadata.name));
}
