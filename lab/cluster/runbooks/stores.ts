/** Incidents of stores that come back with less than they had. */
import { until } from '../../../tools/programs/execute.ts';
import { secretOf } from '../load/addresses.ts';
import { becomes, mustBe } from '../step.ts';
import { redisCommand, sql } from '../stores/databases.ts';
import { accessTokenOf } from './callers.ts';
import { runbook } from './operator.ts';

export const storeIncidents = [
  runbook('Redis lost data', async ({ cluster, application, logged, sum }) => {
    const token = accessTokenOf(await application.token());
    mustBe((await application.revoke(token)).status === 200, 'the token was not revoked');
    const losses = () => sum('gatehouse_redis_losses_total');
    const before = await losses();
    await redisCommand(cluster, (await secretOf(cluster))['redis-password'] ?? '', 'FLUSHALL');
    await becomes('the loss is counted', async () => (await losses()) > before);
    await logged('redis_lost_its_history');
    await until('the revoked token is still refused', async () => {
      const isActive = await application.isActive(token);
      mustBe(isActive !== true, 'the revoked token is valid again');
      return isActive === false || undefined;
    });
    accessTokenOf(await application.signIn());
    return `gatehouse_redis_losses_total ${before} to ${await losses()}; what was revoked is refused, people sign in`;
  }),

  runbook('PostgreSQL of Auth API was restored', async ({ cluster, application, gatehouse, logged }) => {
    const token = accessTokenOf(await application.token());
    await sql(cluster, 'CREATE TABLE public.older_copy AS TABLE auth.revocations;');
    await gatehouse('gatehouse revoke --client <client-id>', {
      fill: { '<client-id>': application.id },
      more: ['--yes'],
    });
    const isKept = async () => {
      const count = `SELECT count(*) FROM auth.revocations WHERE id = '${application.id}';`;
      return (await sql(cluster, count)).trim() !== '0';
    };
    mustBe(await isKept(), 'the revocation was not kept');
    await sql(
      cluster,
      `BEGIN; TRUNCATE auth.revocations; INSERT INTO auth.revocations TABLE public.older_copy; COMMIT;
       DROP TABLE public.older_copy;`,
    );
    const line = await logged('postgres_lost_revocations');
    await becomes('the revocation is written again', isKept);
    mustBe((await application.isActive(token)) === false, 'the revoked token is valid again');
    return `the copy lacked ${(JSON.parse(line) as { lost: number }).lost}, and has them again`;
  }),
];
