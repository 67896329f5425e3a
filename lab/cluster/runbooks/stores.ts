/** Incidents of stores that come back with less than they had. */
import { until } from '../../../tools/programs/execute.ts';
import { mustBe } from '../step.ts';
import { accessTokenOf, agent, registerApplication } from './callers.ts';
import { redisCommand } from './faults.ts';
import { sumOf } from './metrics.ts';
import { runbook, sql } from './operator.ts';

export const storeIncidents = [
  runbook('Redis lost data', async ({ cluster, logged }) => {
    const application = await registerApplication(cluster, 'runbook-loss');
    const token = accessTokenOf(await application.token());
    mustBe((await application.revoke(token)).status === 200, 'the token was not revoked');
    const losses = () => sumOf(cluster, 'auth-api', 'gatehouse_redis_losses_total');
    const before = await losses();
    mustBe((await redisCommand(cluster, 'FLUSHALL')).startsWith('OK'), 'Redis was not emptied');
    await until('the loss is counted', async () => (await losses()) > before || undefined);
    await logged('auth-api', 'redis_lost_its_history');
    await until('the revoked token is still refused', async () => {
      const isActive = await application.isActive(token);
      mustBe(isActive !== true, 'the revoked token is valid again');
      return isActive === false || undefined;
    });
    accessTokenOf(await application.signIn(...agent));
    await application.remove();
    return `gatehouse_redis_losses_total ${before} to ${await losses()}; what was revoked is refused, people sign in`;
  }),

  runbook('PostgreSQL of Auth API was restored', async ({ cluster, gatehouse, logged }) => {
    const application = await registerApplication(cluster, 'runbook-restored');
    const token = accessTokenOf(await application.token());
    await sql(cluster, 'CREATE TABLE public.older_copy AS TABLE auth.revocations;');
    await gatehouse('gatehouse revoke --client <client-id>', {
      fill: { '<client-id>': application.id },
      more: ['--yes'],
    });
    const count = `SELECT count(*) FROM auth.revocations WHERE id = '${application.id}';`;
    mustBe((await sql(cluster, count)).trim() !== '0', 'the revocation was not kept');
    await sql(
      cluster,
      `BEGIN; TRUNCATE auth.revocations; INSERT INTO auth.revocations TABLE public.older_copy; COMMIT;
       DROP TABLE public.older_copy;`,
    );
    const line = await logged('auth-api', 'postgres_lost_revocations');
    await until(
      'the revocation is written again',
      async () => (await sql(cluster, count)).trim() !== '0' || undefined,
    );
    mustBe((await application.isActive(token)) === false, 'the revoked token is valid again');
    await application.remove();
    return `the copy lacked ${(JSON.parse(line) as { lost: number }).lost}, and has them again`;
  }),
];
