/** PostgreSQL and Redis, with TLS, in a namespace of their own: what docs/guides/deployment.md expects to be there. */
import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { storesImage } from '../images/node-images.ts';
import { identityObject } from './authority.ts';
import { namespaceObject, neighbourObjects, secretObject } from './object.ts';

const namespace = 'databases';

const postgresScript = `test -f /data/server/PG_VERSION ||
  /usr/local/postgres/bin/initdb --pgdata=/data/server --username=postgres --locale=C.UTF-8 >/dev/null
printf 'local all postgres trust\\nhostssl all all all scram-sha-256\\n' > /data/server/pg_hba.conf
exec /usr/local/postgres/bin/postgres -D /data/server -c listen_addresses='*' -c unix_socket_directories=/tmp \\
  -c ssl=on -c ssl_cert_file=/tls/tls.crt -c ssl_key_file=/tls/tls.key -c max_connections=200`;

/** The password comes by the standard input, not as an argument that every list of processes shows. */
const redisScript = `printf 'requirepass %s\\nmaxmemory-policy noeviction\\n' "$PASSWORD" | exec redis-server - --port 0 \\
  --tls-port 6380 --tls-cert-file /tls/tls.crt --tls-key-file /tls/tls.key --tls-ca-cert-file /tls/ca.crt \\
  --tls-auth-clients no --save '' --dir /data`;

const passwordOfRedis = { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'redis', key: 'password' } } };

export const databaseObjects = (): object[] => [
  namespaceObject(namespace),
  identityObject('postgres', namespace),
  identityObject('redis', namespace),
  secretObject('redis', namespace, { password: randomBytes(16).toString('hex') }),
  ...neighbourObjects({
    name: 'postgres',
    namespace,
    image: storesImage,
    port: 5432,
    script: postgresScript,
    // Where psql looks for the socket; its administrator comes in by that alone.
    env: [{ name: 'PGHOST', value: '/tmp' }],
  }),
  ...neighbourObjects({
    name: 'redis',
    namespace,
    image: storesImage,
    port: 6380,
    script: redisScript,
    env: [passwordOfRedis],
  }),
];

/** As the administrator of the database. Without headings: one line for each row. */
export function sql({ kubectl }: Cluster, statements: string): Promise<string> {
  const psql = ['psql', '--username=postgres', '--dbname=gatehouse', '--set=ON_ERROR_STOP=1', '-qAt'];
  return kubectl(['exec', '--namespace=databases', '--stdin', 'service/postgres', '--', ...psql], statements);
}

/** Password and command come by the standard input. @throws Error where Redis does not answer OK */
export async function redisCommand({ kubectl }: Cluster, password: string, command: string): Promise<void> {
  const client = 'read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli --tls --insecure -p 6380';
  const args = ['exec', '--namespace=databases', '--stdin', 'service/redis', '--', 'sh', '-c', client];
  const said = await kubectl(args, `${password}\n${command}\n`);
  if (!said.startsWith('OK')) throw new Error(`Redis answered ${said}`);
}
