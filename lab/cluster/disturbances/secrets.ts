/** Replaces the secrets of the installation in rounds, as docs/guides/replace-secrets.md says. */
import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { secretOf } from '../load/addresses.ts';
import { redisCommand, sql } from '../stores/databases.ts';
import { restart, upgrade } from './releases.ts';

const apis = ['environment-api', 'auth-api'];

/** The rounds of the secrets that several replicas must understand at once, with the operator's password of each round. */
export async function sharedSecretRounds(cluster: Cluster) {
  const former = await secretOf(cluster);
  const client = { former: former['service-client-secret'] ?? '', next: newSecret() };
  const operator = { former: former['ops-password'] ?? '', next: newSecret() };
  const keys = { former: former['encryption-keys'] ?? '', next: `k2:${randomBytes(32).toString('base64')}` };
  return [
    {
      operatorPassword: operator.former,
      async run() {
        await change(cluster, 'gatehouse', {
          'service-client-secret': `${client.former}\n${client.next}`,
          'encryption-keys': `${keys.former},${keys.next}`,
          'ops-password': `${operator.former}\n${operator.next}`,
        });
        await restart(cluster, ...apis);
      },
    },
    {
      operatorPassword: operator.next,
      async run() {
        await change(cluster, 'gatehouse', {
          'service-client-secret': `${client.next}\n${client.former}`,
          'encryption-keys': `${keys.next},${keys.former}`,
          'ops-password': operator.next,
        });
        await restart(cluster, ...apis, 'auth-ui');
        for (const api of apis) await inPod(cluster, api, 'node', 'dist/main.js', 'reencrypt');
      },
    },
    {
      operatorPassword: operator.next,
      async run() {
        await change(cluster, 'gatehouse', {
          'service-client-secret': client.next,
          'encryption-keys': keys.next,
        });
        await restart(cluster, ...apis, 'auth-ui');
      },
    },
  ];
}

export async function replaceRedisPassword(cluster: Cluster): Promise<void> {
  const former = (await secretOf(cluster))['redis-password'] ?? '';
  const next = newSecret();
  await redisCommand(cluster, former, `ACL SETUSER default >${next}`);
  await change(cluster, 'gatehouse', { 'redis-password': next });
  await restart(cluster, ...apis);
  await redisCommand(cluster, next, `ACL SETUSER default <${former}`);
  // Where who installs next reads it.
  await change({ ...cluster, namespace: 'databases' }, 'redis', { password: next });
}

/** A second role that works as the first one, because a role has one password. */
export async function replaceDatabaseRoles(cluster: Cluster): Promise<void> {
  for (const [service, role] of [
    ['environment-api', 'gatehouse_environment'],
    ['auth-api', 'gatehouse_auth'],
  ] as const) {
    const password = newSecret();
    await sql(
      cluster,
      `CREATE ROLE ${role}_2 LOGIN PASSWORD '${password}' IN ROLE ${role}; ALTER ROLE ${role}_2 SET role = '${role}';`,
    );
    await change(cluster, role.replaceAll('_', '-').concat('-postgres'), { password });
    await upgrade(cluster, service, `postgres.username=${role}_2`);
    await sql(cluster, `ALTER ROLE ${role} NOLOGIN;`);
  }
}

const newSecret = () => randomBytes(24).toString('hex');

/** By the standard input: arguments are shown by every list of processes. */
export async function change(
  { get, kubectl, namespace }: Cluster,
  name: string,
  values: Record<string, string>,
) {
  const secret = await get<{ data: Record<string, string> }>('secret', name, '--namespace', namespace);
  for (const [key, value] of Object.entries(values)) secret.data[key] = Buffer.from(value).toString('base64');
  await kubectl(['replace', '--filename', '-'], JSON.stringify(secret));
}

function inPod({ kubectl, namespace }: Cluster, service: string, ...command: string[]): Promise<string> {
  return kubectl(['exec', '--namespace', namespace, `deployment/${service}`, '--', ...command]);
}
