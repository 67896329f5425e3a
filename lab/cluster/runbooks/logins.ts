/** Incidents of Configuration Servers: away, slow, without the tenant. */
import type { Cluster } from '../cluster.ts';
import { podsLike, processOf } from '../disturbances/pods.ts';
import { environmentOf } from '../load/call.ts';
import { becomes, mustBe } from '../step.ts';
import { agent } from './callers.ts';
import { configServer, halting, without } from './faults.ts';
import { runbook } from './operator.ts';

/** Both names of the page for it. */
const fillFor = async (cluster: Cluster) => {
  const id = await environmentOf(cluster);
  return { '<environment>': id, '<id>': id };
};

const processOfServer = async (cluster: Cluster) =>
  processOf((await podsLike(cluster, 'estate', 'app=config-server'))[0]);

export const loginIncidents = [
  runbook('People cannot sign in', async ({ cluster, application, gatehouse, says, sum }) => {
    await application.signsInAgain();
    const failed = () => sum('gatehouse_sign_ins_total', { outcome: 'try_again' });
    const before = await failed();
    const fill = await fillFor(cluster);
    await without(cluster, configServer, async () => {
      const { status } = await application.signIn();
      mustBe(status === 503, `the login was answered ${status}`);
      mustBe((await failed()) > before, 'gatehouse_sign_ins_total{outcome="try_again"} does not grow');
      await says('gatehouse audit search --event login_failed --since 15m', 'Configuration Server');
      const said = await gatehouse('gatehouse check <environment>', { fill, exits: 1 });
      mustBe(/✗ TCP|✗ .*TCP/i.test(said), `the check does not fail at TCP:\n${said}`);
      const person = { '<user>': agent.name, '<domain>': 'demo' };
      const explain = { fill: person, exits: 1 };
      await gatehouse('gatehouse people explain <user> --contact-center <domain>', explain);
      await gatehouse('gatehouse people unlock <user> --contact-center <domain>', { fill: person });
    });
    await application.signsInAgain();
    await gatehouse('gatehouse check <environment>', { fill });
    return `try_again ${before} to ${await failed()}; events, check and explain name the server`;
  }),

  runbook('No connection to a Configuration Server', async ({ cluster, application, gatehouse, highest }) => {
    const fill = await fillFor(cluster);
    const noLink = () =>
      becomes('no pod has a link', async () => (await highest('gatehouse_config_server_open')) === 0);
    const savePassword = (input: string) =>
      gatehouse('gatehouse env update <id> --password-file <file>', {
        fill: { ...fill, '<file>': '-' },
        input,
      });
    await application.signsInAgain();
    await without(cluster, configServer, async () => {
      await noLink();
      await gatehouse('gatehouse check <environment>', { fill, exits: 1 });
    });
    await application.signsInAgain();
    await savePassword('not-the-one\n');
    await noLink();
    await savePassword('demo-service-password\n');
    const startMs = performance.now();
    await application.signsInAgain();
    return `gatehouse_config_server_open 0; open ${((performance.now() - startMs) / 1_000).toFixed(1)} s after the right password was saved`;
  }),

  runbook('No login can succeed in an environment', async (operator) => {
    const { cluster, application, gatehouse, logged, highest } = operator;
    const fill = await fillFor(cluster);
    const rename = (name: string) =>
      gatehouse('gatehouse env update <id> --tenant <name>', { fill: { ...fill, '<name>': name } });
    const wrong = () => highest('gatehouse_environment_logins', { logins: /^no_/ });
    await application.signsInAgain();
    await rename('runbook');
    try {
      await becomes('the alert sees it', async () => (await wrong()) > 0);
      const { status } = await application.signIn();
      mustBe(status === 503, `the login was answered ${status}`);
      await becomes('doctor of a pod names it', async () =>
        /no_tenant|tenant/i.test(await gatehouse('gatehouse doctor', { exits: 1 }).catch(() => '')),
      );
      await logged('no login can succeed in this environment');
      await gatehouse('gatehouse check <id>', { fill, exits: 1 });
    } finally {
      await rename('demo');
    }
    await application.signsInAgain();
    await becomes('the alert is over', async () => (await wrong()) === 0);
    await gatehouse('gatehouse check <id>', { fill });
    return 'gatehouse_environment_logins{logins="no_tenant"} 1, then 0';
  }),

  runbook('A Configuration Server is slow', async ({ cluster, application, gatehouse, sum }) => {
    const timeouts = () => sum('auth_cs_command_timeouts_total');
    const before = await timeouts();
    const pid = await processOfServer(cluster);
    process.kill(pid, 'SIGSTOP');
    try {
      await application.signIn();
      await becomes('requests got no answer in time', async () => (await timeouts()) > before);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await application.signsInAgain();
    const tunnel = await cluster.forward('service/config-server', 8888, 'estate');
    // The password of the demo's account needs no file at an address of this machine.
    const fill = { '<host:port>': `127.0.0.1:${tunnel.port}` };
    const said = await halting(pid, 300, () =>
      gatehouse('gatehouse config-server ping --server <host:port>', { fill }),
    );
    tunnel.close();
    const slowest = Number(/slowestMs\s+([\d.]+)/.exec(said)?.[1]);
    mustBe(slowest > 200, `ping shows no slow round trip:\n${said}`);
    return `auth_cs_command_timeouts_total ${before} to ${await timeouts()}; slowest round trip by ping ${slowest} ms`;
  }),

  runbook('Tokens are slow', async ({ cluster, application, sum }) => {
    await application.signsInAgain();
    const route = { route: '/auth/v3/oauth/token' };
    const counts = async () => ({
      all: await sum('http_request_duration_seconds_count', route),
      fast: await sum('http_request_duration_seconds_bucket', { ...route, le: '0.25' }),
      server: await sum('gatehouse_config_server_call_duration_seconds_sum'),
    });
    const before = await counts();
    const pid = await processOfServer(cluster);
    await halting(pid, 600, async () => {
      for (let sent = 0; sent < 6; sent += 1) await application.signIn();
    });
    const after = await counts();
    const all = after.all - before.all;
    const slow = all - (after.fast - before.fast);
    const server = after.server - before.server;
    mustBe(slow / all > 14.4 * 0.01, `${slow} of ${all} token responses are counted as slow`);
    mustBe(server > 0.25, 'the calls to the Configuration Server are not the slow part');
    return `${slow} of ${all} token responses over 250 ms, ${server.toFixed(1)} s of it at the Configuration Server`;
  }),
];
