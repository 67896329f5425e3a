/** PostgreSQL and Redis, with TLS, in a namespace of their own: what docs/deployment.md expects to be there. */
import { randomBytes } from 'node:crypto';
import { storesImage } from '../images/node-images.ts';
import { authority } from './authority.ts';

/** Redis's, new with every run. The account of PostgreSQL's administrator has none: it comes by the local socket. */
const password = randomBytes(16).toString('hex');

function secret(name: string, data: Record<string, string>): string {
  const metadata = { name, namespace: 'databases' };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: data });
}

function identity(name: string): string {
  const names = [`${name}.databases.svc`, `${name}.databases.svc.cluster.local`];
  const { cert, key } = authority.issue({ names });
  return secret(`${name}-tls`, { 'tls.crt': cert, 'tls.key': key, 'ca.crt': authority.cert });
}

const postgresScript = `set -eu
test -f /data/PG_VERSION || /usr/local/postgres/bin/initdb --pgdata=/data --username=postgres --locale=C.UTF-8 >/dev/null
printf 'local all postgres trust\\nhostssl all all all scram-sha-256\\n' > /data/pg_hba.conf
exec /usr/local/postgres/bin/postgres -D /data -c listen_addresses='*' -c unix_socket_directories=/tmp \\
  -c ssl=on -c ssl_cert_file=/tls/tls.crt -c ssl_key_file=/tls/tls.key -c max_connections=200`;

/** The password comes by the standard input, not as an argument that every list of processes shows. */
const redisScript = `set -eu
printf 'requirepass %s\\nmaxmemory-policy noeviction\\n' "$PASSWORD" | redis-server - --port 0 \\
  --tls-port 6380 --tls-cert-file /tls/tls.crt --tls-key-file /tls/tls.key --tls-ca-cert-file /tls/ca.crt \\
  --tls-auth-clients no --save '' --dir /data`;

function store(name: string, port: number, script: string, env: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: databases }
spec: { selector: { app: ${name} }, ports: [{ port: ${port} }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: databases }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      securityContext: { runAsUser: 65534, runAsGroup: 65534, fsGroup: 65534 }
      terminationGracePeriodSeconds: 5
      containers:
        - name: ${name}
          image: ${storesImage}
          command: [sh, -c, ${JSON.stringify(script)}]
          env: [${env}]
          readinessProbe: { tcpSocket: { port: ${port} }, periodSeconds: 1 }
          volumeMounts: [{ name: tls, mountPath: /tls, readOnly: true }, { name: data, mountPath: /data }]
      volumes:
        - { name: tls, secret: { secretName: ${name}-tls, defaultMode: 0440 } }
        - { name: data, emptyDir: {} }
`;
}

export function databaseObjects(): string {
  return [
    '{ apiVersion: v1, kind: Namespace, metadata: { name: databases } }',
    identity('postgres'),
    identity('redis'),
    secret('redis', { password }),
    // Where psql looks for the socket.
    store('postgres', 5432, postgresScript, '{ name: PGHOST, value: /tmp }'),
    store(
      'redis',
      6380,
      redisScript,
      '{ name: PASSWORD, valueFrom: { secretKeyRef: { name: redis, key: password } } }',
    ),
  ].join('\n---\n');
}
