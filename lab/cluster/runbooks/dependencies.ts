/** Incidents of what the services stand on: Redis, PostgreSQL, the encryption keys, Environment API. */
import { randomBytes } from 'node:crypto';
import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { podNamesOf, settled } from '../disturbances/pods.ts';
import { change } from '../disturbances/secrets.ts';
import { secretOf } from '../load/addresses.ts';
import { mustBe } from '../step.ts';
import { accessTokenOf, becomeKnown, registerApplication } from './callers.ts';
import { environmentApi, redis, without, withoutPostgres } from './faults.ts';
import { readAll, seriesOf, sumOf } from './metrics.ts';
import { type Operator, runbook } from './operator.ts';

export const dependencyIncidents = [
  runbook('A dependency is down', async (operator) => {
    // Redis last: for half a minute after it, nothing is judged without PostgreSQL.
    const found = [
      await postgresDown(operator),
      await keyMissing(operator),
      await endsUnread(operator),
      await redisDown(operator),
    ];
    return found.join('; ');
  }),

  runbook('Requests fail', async ({ cluster }) => {
    const application = await registerApplication(cluster, 'runbook-requests');
    const token = accessTokenOf(await application.token());
    const route = '/auth/v3/oauth/revoke';
    const failed = () =>
      sumOf(cluster, 'auth-api', 'http_request_duration_seconds_count', { route, status: /^5/ });
    const before = await failed();
    await withoutPostgres(cluster, async () => {
      for (let sent = 0; sent < 10; sent += 1) await application.revoke(token);
    });
    const count = (await failed()) - before;
    mustBe(count > 0, 'no answer with 5xx is counted');
    await until('they succeed', async () => (await application.revoke(token)).status === 200 || undefined);
    await application.remove();
    return `http_request_duration_seconds_count of ${route} with 503: ${count} of 10`;
  }),
];

/** The alert's expression, for each pod that is scraped. */
async function isDown(cluster: Cluster, service: string, dependency: string): Promise<true | undefined> {
  const values = await seriesOf(cluster, service, 'gatehouse_dependency_up', { dependency });
  return values.includes(0) || undefined;
}

async function failsReadiness(cluster: Cluster, service: string, name: string): Promise<string> {
  return await until(`/readyz of ${service} names ${name}`, async () =>
    (await readAll(cluster, service, '/readyz')).find((text) => {
      const { failing = [] } = JSON.parse(text) as { failing?: string[] };
      return failing.includes(name);
    }),
  );
}

async function redisDown({ cluster, gatehouse }: Operator): Promise<string> {
  const application = await registerApplication(cluster, 'runbook-redis');
  await without(cluster, redis, async () => {
    await until('the alert sees Redis down', () => isDown(cluster, 'auth-api', 'redis'));
    await failsReadiness(cluster, 'auth-api', 'redis');
    const { status } = await application.token();
    mustBe(status === 503 || status === 0, `a token request was answered ${status}`);
    const said = await gatehouse('gatehouse doctor', { exits: 1 });
    mustBe(/✗ Redis/.test(said), `doctor does not name Redis:\n${said}`);
  });
  await until('tokens are issued again', async () => (await application.token()).status === 200 || undefined);
  await gatehouse('gatehouse doctor');
  await application.remove();
  return 'redis: metric, /readyz and doctor name it';
}

async function postgresDown({ cluster, logged }: Operator): Promise<string> {
  const application = await registerApplication(cluster, 'runbook-postgres');
  await becomeKnown(application);
  const token = accessTokenOf(await application.token());
  await withoutPostgres(cluster, async () => {
    await until('the alert sees PostgreSQL down', () => isDown(cluster, 'auth-api', 'postgresql'));
    await failsReadiness(cluster, 'environment-api', 'postgresql');
    const [name = ''] = await podNamesOf(cluster, 'auth-api');
    await cluster.kubectl(['delete', 'pod', name, '--namespace', cluster.namespace]);
    await logged('auth-api', 'the start waits');
    await failsReadiness(cluster, 'auth-api', 'postgresql');
    const { status, retryAfter } = await application.revoke(token);
    mustBe(status === 503 && retryAfter !== '', `a revocation was answered ${status}`);
    await until('it is in force', async () => (await application.isActive(token)) === false || undefined);
    accessTokenOf(await application.token());
  });
  await settled(cluster, 'environment-api', 'auth-api');
  const repeated = await application.revoke(token);
  mustBe(repeated.status === 200, `the repetition was answered ${repeated.status}`);
  await application.remove();
  return 'postgresql: a revocation is in force and answered 503, its repetition succeeds, tokens are issued, a new pod waits';
}

async function keyMissing({ cluster }: Operator): Promise<string> {
  const former = (await secretOf(cluster))['encryption-keys'] ?? '';
  const deleteOne = async () => {
    const [name = ''] = await podNamesOf(cluster, 'auth-api');
    await cluster.kubectl(['delete', 'pod', name, '--namespace', cluster.namespace]);
  };
  const next = `runbook:${randomBytes(32).toString('base64')}`;
  try {
    await change(cluster, 'gatehouse', { 'encryption-keys': next });
    await deleteOne();
    await failsReadiness(cluster, 'auth-api', 'signing-keys');
  } finally {
    await change(cluster, 'gatehouse', { 'encryption-keys': former });
  }
  // Files of a Secret reach a pod late, and are read at the start.
  const waiting = (await podNamesOf(cluster, 'auth-api')).join(' ');
  await cluster.kubectl(['rollout', 'restart', 'deployment/auth-api', '--namespace', cluster.namespace]);
  await settled(cluster, 'auth-api');
  return `signing-keys: a pod without the key waits (${waiting.split(' ').length} pods then)`;
}

/** Every pod of Auth API is new, and none can read what ended. */
async function endsUnread({ cluster }: Operator): Promise<string> {
  const seconds = await without(cluster, environmentApi, async () => {
    const startMs = performance.now();
    const names = await podNamesOf(cluster, 'auth-api');
    await cluster.kubectl(['delete', 'pod', ...names, '--wait=false', '--namespace', cluster.namespace]);
    await failsReadiness(cluster, 'auth-api', 'ends');
    await until('the alert sees it', () => isDown(cluster, 'auth-api', 'ends'));
    await settled(cluster, 'auth-api');
    return Math.round((performance.now() - startMs) / 1_000);
  });
  await until(
    'the ends are read',
    async () => (await isDown(cluster, 'auth-api', 'ends')) === undefined || undefined,
  );
  return `ends: new pods are ready ${seconds} s after the former ones were deleted, without Environment API`;
}
