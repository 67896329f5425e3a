/** Incidents of Configuration Servers: away, slow, without the tenant. */

import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { environmentOf } from '../load/call.ts';
import { mustBe } from '../step.ts';
import { agent, registerApplication, signsInAgain } from './callers.ts';
import { configServer, without } from './faults.ts';
import { seriesOf, sumOf } from './metrics.ts';
import { runbook } from './operator.ts';

const service = 'auth-api';
/** Both names of the page for it. */
const fillFor = async (cluster: Cluster) => {
  const id = await environmentOf(cluster);
  return { '<environment>': id, '<id>': id };
};

export const loginIncidents = [
  runbook('People cannot sign in', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-logins');
    await signsInAgain(application);
    const failed = () => sumOf(cluster, service, 'gatehouse_sign_ins_total', { outcome: 'try_again' });
    const before = await failed();
    await without(cluster, configServer, async () => {
      const { status } = await application.signIn(...agent);
      mustBe(status === 503, `the login was answered ${status}`);
      mustBe((await failed()) > before, 'gatehouse_sign_ins_total{outcome="try_again"} does not grow');
      await until('the reason is among the events', async () => {
        const said = await gatehouse('gatehouse audit search --event login_failed --since 15m');
        return said.includes('Configuration Server') || undefined;
      });
      const said = await gatehouse('gatehouse check <environment>', {
        fill: await fillFor(cluster),
        exits: 1,
      });
      mustBe(/✗ TCP|✗ .*TCP/i.test(said), `the check does not fail at TCP:\n${said}`);
      const person = { fill: { '<user>': agent[0], '<domain>': 'demo' }, exits: 1 };
      await gatehouse('gatehouse people explain <user> --contact-center <domain>', person);
      await gatehouse('gatehouse people unlock <user> --contact-center <domain>', { fill: person.fill });
    });
    await signsInAgain(application);
    await gatehouse('gatehouse check <environment>', { fill: await fillFor(cluster) });
    await application.remove();
    return `try_again ${before} to ${await failed()}; events, check and explain name the server`;
  }),

  runbook('No connection to a Configuration Server', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-link');
    await signsInAgain(application);
    await without(cluster, configServer, async () => {
      await until('no pod has a link', async () => (await highest(cluster)) === 0 || undefined);
      await gatehouse('gatehouse check <environment>', { fill: await fillFor(cluster), exits: 1 });
    });
    await signsInAgain(application);
    const password = async (input: string) =>
      gatehouse('gatehouse env update <id> --password-file <file>', {
        fill: { ...(await fillFor(cluster)), '<file>': '-' },
        input,
      });
    await password('not-the-one\n');
    await until('no pod has a link', async () => (await highest(cluster)) === 0 || undefined);
    await password('demo-service-password\n');
    const startMs = performance.now();
    await signsInAgain(application);
    await application.remove();
    return `gatehouse_config_server_open 0; open ${((performance.now() - startMs) / 1_000).toFixed(1)} s after the right password was saved`;
  }),

  runbook('No login can succeed in an environment', async ({ cluster, gatehouse, logged }) => {
    const application = await registerApplication(cluster, 'runbook-tenant');
    await signsInAgain(application);
    const rename = async (name: string) =>
      gatehouse('gatehouse env update <id> --tenant <name>', {
        fill: { ...(await fillFor(cluster)), '<name>': name },
      });
    const wrong = () => seriesOf(cluster, service, 'gatehouse_environment_logins', { logins: /^no_/ });
    await rename('runbook');
    try {
      await until('the alert sees it', async () => Math.max(...(await wrong())) > 0 || undefined);
      const { status } = await application.signIn(...agent);
      mustBe(status === 503, `the login was answered ${status}`);
      await until('doctor of a pod names it', async () => {
        const said = await gatehouse('gatehouse doctor', { exits: 1 }).catch(() => '');
        return /no_tenant|tenant/i.test(said) || undefined;
      });
      await logged(service, 'no login can succeed in this environment');
      await gatehouse('gatehouse check <id>', { fill: await fillFor(cluster), exits: 1 });
    } finally {
      await rename('demo');
    }
    await signsInAgain(application);
    await until('the alert is over', async () => Math.max(...(await wrong())) === 0 || undefined);
    await gatehouse('gatehouse check <id>', { fill: await fillFor(cluster) });
    await application.remove();
    return 'gatehouse_environment_logins{logins="no_tenant"} 1, then 0';
  }),
];

const highest = async (cluster: Cluster) =>
  Math.max(...(await seriesOf(cluster, service, 'gatehouse_config_server_open')));
