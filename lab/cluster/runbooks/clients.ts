/** Incidents of applications and of people's sessions: a refusal, a leak, somebody who leaves. */
import { until } from '../../../tools/programs/execute.ts';
import { becomes, mustBe } from '../step.ts';
import { accessTokenOf, agent, subjectOf } from './callers.ts';
import { configServer, without, withoutPostgres } from './faults.ts';
import { runbook } from './operator.ts';

const domain = 'demo';

export const clientIncidents = [
  runbook('A client is refused', async ({ application, says }) => {
    const refusal = await application.token('not-its-secret');
    mustBe(refusal.status === 401, `the wrong secret was answered ${refusal.status}`);
    const fill = { '<client-id>': application.id };
    const diagnosis = await says('gatehouse clients diagnose <client-id>', 'secret', { fill });
    await application.remove();
    await application.token();
    const unknown = new RegExp(`unknown_client[^]*${application.id}|${application.id}[^]*unknown_client`);
    await says('gatehouse audit search --event client_authentication_failed', unknown);
    return diagnosis.trim().split('\n').at(-1)?.trim().slice(0, 120) ?? '';
  }),

  runbook('Somebody leaves, or lost a device', async ({ cluster, application, gatehouse, says }) => {
    const fill = { '<user>': agent.name, '<domain>': domain };
    await application.signsInAgain();
    const token = accessTokenOf(await application.signIn());
    // Its Configuration Server is away, as the section says it may be.
    const tookMs = await without(cluster, configServer, async () => {
      await gatehouse('gatehouse sessions list <user> --contact-center <domain>', { fill });
      await gatehouse('gatehouse sessions end <user> --contact-center <domain>', { fill, more: ['--yes'] });
      const endedMs = performance.now();
      const isRefused = async () => (await application.isActive(token)) === false;
      await becomes('the token is refused', isRefused, { everyMs: 50 });
      return performance.now() - endedMs;
    });
    mustBe(tookMs < 2_000, `the token was accepted for ${Math.round(tookMs)} ms more`);
    const sub = subjectOf(token);
    const logins = await gatehouse('gatehouse audit search --user <user> --json', { fill });
    mustBe(logins.includes(sub), 'the events of the user name do not show the sub');
    await says('gatehouse audit search --user <sub>', 'global_logout', { fill: { '<sub>': sub } });
    await application.signsInAgain();
    return `ended while the Configuration Server was away; refused after ${Math.round(tookMs)} ms`;
  }),

  runbook('A secret leaked', async ({ cluster, application, gatehouse }) => {
    const fill = { '<client-id>': application.id, '<domain>': domain };
    const revoke = (exits = 0) =>
      gatehouse('gatehouse revoke --client <client-id>', { fill, more: ['--yes'], exits });
    const token = accessTokenOf(await application.token());
    const said = await gatehouse('gatehouse clients rotate-secret <client-id> --grace-seconds 0', { fill });
    const secret = said
      .trim()
      .split(/\s+/)
      .find((word) => word.length > 30);
    mustBe(secret !== undefined, 'no new secret was shown');
    await becomes('the former secret is refused', async () => (await application.token()).status === 401);
    await revoke();
    await becomes('the token is refused', async () => (await application.isActive(token, secret)) === false);
    accessTokenOf(await application.token(secret));
    const shown = await gatehouse('gatehouse revoke --contact-center <domain>', {
      fill,
      more: ['--dry-run'],
    });
    mustBe(shown.trim() !== '', 'it does not show whom it would sign out');
    await withoutPostgres(cluster, () =>
      until('the command ends with 6 while a store is away', () => revoke(6).catch(() => undefined)),
    );
    await until('the repetition succeeds', () => revoke().catch(() => undefined));
    return 'former secret and token refused; 503 while PostgreSQL is away, the repetition succeeds';
  }),
];
