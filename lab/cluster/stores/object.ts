/** Writes a server of one pod with its Service, the way all neighbours of Gatehouse are brought up. */

export interface Neighbour {
  name: string;
  namespace: string;
  image: string;
  port: number;
  /** Runs in a shell as an account without rights, with /tls and /data. */
  script: string;
  env?: readonly object[];
  cpu?: string;
}

/** Its certificate is the Secret NAME-tls. */
export function neighbourObjects({
  name,
  namespace,
  image,
  port,
  script,
  env = [],
  cpu = '125m',
}: Neighbour): object[] {
  const labels = { app: name };
  const container = {
    name,
    image,
    command: ['sh', '-c', `set -eu\n${script}`],
    env,
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    resources: { requests: { cpu } },
    volumeMounts: [
      { name: 'tls', mountPath: '/tls', readOnly: true },
      { name: 'data', mountPath: '/data' },
    ],
  };
  const spec = {
    securityContext: { runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 },
    terminationGracePeriodSeconds: 5,
    containers: [container],
    volumes: [
      { name: 'tls', secret: { secretName: `${name}-tls`, defaultMode: 0o440 } },
      { name: 'data', emptyDir: {} },
    ],
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: labels, ports: [{ port }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
      },
    },
  ];
}

export function secretObject(name: string, namespace: string, stringData: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData };
}

export function namespaceObject(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
