/** Incidents of what the services stand on: Redis, PostgreSQL, the encryption keys, Environment API. */
import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { deletePods } from '../disturbances/deletion.ts';
import { podNamesOf, settled } from '../disturbances/pods.ts';
import { restart } from '../disturbances/releases.ts';
import { change } from '../disturbances/secrets.ts';
import { secretOf } from '../load/addresses.ts';
import { becomes, mustBe } from '../step.ts';
import { accessTokenOf } from './callers.ts';
import { environmentApi, redis, without, withoutPostgres } from './faults.ts';
import { readAll, seriesOf } from './metrics.ts';
import { type Operator, runbook, service } from './operator.ts';

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

  runbook('Requests fail', async ({ cluster, application, sum }) => {
    const token = accessTokenOf(await application.token());
    const route = '/auth/v3/oauth/revoke';
    const failed = () => sum('http_request_duration_seconds_count', { route, status: /^5/ });
    const before = await failed();
    await withoutPostgres(cluster, async () => {
      for (let sent = 0; sent < 10; sent += 1) await application.revoke(token);
    });
    const count = (await failed()) - before;
    mustBe(count > 0, 'no answer with 5xx is counted');
    await becomes('they succeed', async () => (await application.revoke(token)).status === 200);
    return `http_request_duration_seconds_count of ${route} with 503: ${count} of 10`;
  }),
];

/** The alert's expression, for each pod that is scraped. */
async function isDown(cluster: Cluster, dependency: string): Promise<boolean> {
  return (await seriesOf(cluster, service, 'gatehouse_dependency_up', { dependency })).includes(0);
}

async function failsReadiness(cluster: Cluster, of: string, name: string): Promise<void> {
  await becomes(`/readyz of ${of} names ${name}`, async () =>
    (await readAll(cluster, of, '/readyz')).some((text) => {
      const { failing = [] } = JSON.parse(text) as { failing?: string[] };
      return failing.includes(name);
    }),
  );
}

async function deleteOne(cluster: Cluster): Promise<void> {
  const [name = ''] = await podNamesOf(cluster, service);
  await deletePods(cluster, [name]);
}

async function redisDown({ cluster, application, gatehouse }: Operator): Promise<string> {
  await without(cluster, redis, async () => {
    await becomes('the alert sees Redis down', () => isDown(cluster, 'redis'));
    await failsReadiness(cluster, service, 'redis');
    const { status } = await application.token();
    mustBe(status === 503 || status === 0, `a token request was answered ${status}`);
    const said = await gatehouse('gatehouse doctor', { exits: 1 });
    mustBe(/✗ Redis/.test(said), `doctor does not name Redis:\n${said}`);
  });
  await becomes('tokens are issued again', async () => (await application.token()).status === 200);
  await gatehouse('gatehouse doctor');
  return 'redis: metric, /readyz and doctor name it';
}

async function postgresDown({ cluster, application, logged }: Operator): Promise<string> {
  await application.becomeKnown();
  const token = accessTokenOf(await application.token());
  await withoutPostgres(cluster, async () => {
    await becomes('the alert sees PostgreSQL down', () => isDown(cluster, 'postgresql'));
    await failsReadiness(cluster, 'environment-api', 'postgresql');
    await deleteOne(cluster);
    await logged('the start waits');
    await failsReadiness(cluster, service, 'postgresql');
    const { status, retryAfter } = await application.revoke(token);
    mustBe(status === 503 && retryAfter !== '', `a revocation was answered ${status}`);
    await becomes('it is in force', async () => (await application.isActive(token)) === false);
    accessTokenOf(await application.token());
  });
  await settled(cluster, 'environment-api', service);
  const repeated = await application.revoke(token);
  mustBe(repeated.status === 200, `the repetition was answered ${repeated.status}`);
  return 'postgresql: a revocation is in force and answered 503, its repetition succeeds, tokens are issued, a new pod waits';
}

async function keyMissing({ cluster }: Operator): Promise<string> {
  const former = (await secretOf(cluster))['encryption-keys'] ?? '';
  const next = `runbook:${randomBytes(32).toString('base64')}`;
  try {
    await change(cluster, 'gatehouse', { 'encryption-keys': next });
    await deleteOne(cluster);
    await failsReadiness(cluster, service, 'signing-keys');
  } finally {
    await change(cluster, 'gatehouse', { 'encryption-keys': former });
  }
  // Files of a Secret reach a pod late, and are read at the start.
  await restart(cluster, service);
  return 'signing-keys: a pod without the key waits';
}

/** Every pod of Auth API is new, and none can read what ended. */
async function endsUnread({ cluster }: Operator): Promise<string> {
  const seconds = await without(cluster, environmentApi, async () => {
    const startMs = performance.now();
    await deletePods(cluster, await podNamesOf(cluster, service));
    await failsReadiness(cluster, service, 'ends');
    await becomes('the alert sees it', () => isDown(cluster, 'ends'));
    await settled(cluster, service);
    return Math.round((performance.now() - startMs) / 1_000);
  });
  await becomes('the ends are read', async () => !(await isDown(cluster, 'ends')));
  return `ends: new pods are ready ${seconds} s after the former ones were deleted, without Environment API`;
}
