/** Pods that try connections from where a policy puts them: by their namespace and their labels. */

import type { Cluster } from '../cluster.ts';

export interface Probe {
  name: string;
  namespace: string;
  labels: Record<string, string>;
}

export interface Target {
  name: string;
  address: string;
  port: number;
}

/** Answers each address with true where a TCP connection comes about in time. */
const script = `
const net = require('node:net');
const targets = JSON.parse(process.argv[1]);
Promise.all(targets.map(({ address, port }) => new Promise((resolve) => {
  const socket = net.connect({ host: address, port, timeout: 1500 });
  const end = (isOpen) => { socket.destroy(); resolve(isOpen); };
  socket.once('connect', () => end(true)).once('timeout', () => end(false)).once('error', () => end(false));
}))).then((answers) => console.log(JSON.stringify(answers)));
`;

/** The port of a server that nobody may reach: a probe runs it while it waits for its questions. */
export const probePort = 9999;

/** Never ready: with the labels of a service it would get a part of that service's requests otherwise. */
export function probeObject({ name, namespace, labels }: Probe): string {
  const container = {
    name: 'probe',
    // Any image of the node that has Node.
    image: 'registry.example.com/gatehouse/auth-api:0.1.0',
    command: ['node', '--eval', `require('node:net').createServer().listen(${probePort})`],
    readinessProbe: { exec: { command: ['false'] } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsUser: 65534, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    },
  });
}

/** Resolves with the names of the targets that the probe reaches. */
export async function reachedFrom(
  { kubectl }: Cluster,
  { name, namespace }: Probe,
  targets: readonly Target[],
): Promise<string[]> {
  const args = [
    '--namespace',
    namespace,
    'exec',
    name,
    '--',
    'node',
    '--eval',
    script,
    JSON.stringify(targets),
  ];
  const answers = JSON.parse(await kubectl(args)) as boolean[];
  return targets.filter((_, index) => answers[index]).map((target) => target.name);
}

/** The same from the node itself, which no policy stops: only what it reaches proves anything where a probe does not. */
export async function reachedFromNode(cluster: Cluster, targets: readonly Target[]): Promise<string[]> {
  const child = cluster.spawnInside(process.execPath, ['--eval', script, JSON.stringify(targets)]);
  let output = '';
  for await (const chunk of child.stdout ?? []) output += chunk;
  const answers = JSON.parse(output) as boolean[];
  return targets.filter((_, index) => answers[index]).map((target) => target.name);
}
