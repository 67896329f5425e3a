/** Incidents of applications and of people's sessions: a refusal, a leak, somebody who leaves. */
import { until } from '../../../tools/programs/execute.ts';
import { mustBe } from '../step.ts';
import { accessTokenOf, agent, registerApplication, signsInAgain, subjectOf } from './callers.ts';
import { configServer, without, withoutPostgres } from './faults.ts';
import { runbook } from './operator.ts';

const domain = 'demo';

export const clientIncidents = [
  runbook('A client is refused', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-refused');
    const refusal = await application.token('not-its-secret');
    mustBe(refusal.status === 401, `the wrong secret was answered ${refusal.status}`);
    const diagnosis = await until('the diagnosis has the refusal', async () => {
      const said = await gatehouse('gatehouse clients diagnose <client-id>', {
        fill: { '<client-id>': application.id },
      });
      return /secret/.test(said) ? said : undefined;
    });
    await gatehouse('gatehouse clients diagnose <client-id>', { fill: { '<client-id>': application.id } });
    await application.remove();
    await application.token();
    await until('the unknown id is among the events', async () => {
      const said = await gatehouse('gatehouse audit search --event client_authentication_failed');
      return (said.includes('unknown_client') && said.includes(application.id)) || undefined;
    });
    return diagnosis.trim().split('\n').at(-1)?.trim().slice(0, 120) ?? '';
  }),

  runbook('Somebody leaves, or lost a device', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-leaver');
    const [user] = agent;
    const fill = { '<user>': user, '<domain>': domain };
    await signsInAgain(application);
    const token = accessTokenOf(await application.signIn(...agent));
    // Its Configuration Server is away, as the section says it may be.
    const tookMs = await without(cluster, configServer, async () => {
      await gatehouse('gatehouse sessions list <user> --contact-center <domain>', { fill });
      await gatehouse('gatehouse sessions end <user> --contact-center <domain>', { fill, more: ['--yes'] });
      const endedMs = performance.now();
      await until(
        'the token is refused',
        async () => (await application.isActive(token)) === false || undefined,
        {
          everyMs: 50,
        },
      );
      return performance.now() - endedMs;
    });
    mustBe(tookMs < 2_000, `the token was accepted for ${Math.round(tookMs)} ms more`);
    const logins = await gatehouse('gatehouse audit search --user <user> --json', { fill });
    mustBe(logins.includes(subjectOf(token)), 'the events of the user name do not show the sub');
    await until('the end is an event of the account', async () => {
      const said = await gatehouse('gatehouse audit search --user <sub>', {
        fill: { '<sub>': subjectOf(token) },
      });
      return said.includes('global_logout') || undefined;
    });
    await until(
      'the person may sign in again',
      async () => (await application.signIn(...agent)).status === 200 || undefined,
    );
    await application.remove();
    return `ended while the Configuration Server was away; refused after ${Math.round(tookMs)} ms`;
  }),

  runbook('A secret leaked', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-leak');
    const fill = { '<client-id>': application.id, '<domain>': domain };
    const token = accessTokenOf(await application.token());
    const secret = (
      await gatehouse('gatehouse clients rotate-secret <client-id> --grace-seconds 0', { fill })
    )
      .trim()
      .split(/\s+/)
      .find((word) => word.length > 30);
    mustBe(secret !== undefined, 'no new secret was shown');
    await until(
      'the former secret is refused',
      async () => (await application.token()).status === 401 || undefined,
    );
    await gatehouse('gatehouse revoke --client <client-id>', { fill, more: ['--yes'] });
    await until(
      'the token is refused',
      async () => (await application.isActive(token, secret)) === false || undefined,
    );
    accessTokenOf(await application.token(secret));
    const shown = await gatehouse('gatehouse revoke --contact-center <domain>', {
      fill,
      more: ['--dry-run'],
    });
    mustBe(shown.trim() !== '', 'it does not show whom it would sign out');
    await withoutPostgres(cluster, () =>
      until('the command ends with 6 while a store is away', async () => {
        const options = { fill, more: ['--yes'], exits: 6 };
        return await gatehouse('gatehouse revoke --client <client-id>', options).catch(() => undefined);
      }),
    );
    await until('the repetition succeeds', () =>
      gatehouse('gatehouse revoke --client <client-id>', { fill, more: ['--yes'] }).catch(() => undefined),
    );
    await application.remove();
    return 'former secret and token refused; 503 while PostgreSQL is away, the repetition succeeds';
  }),
];
