/** Incidents of a Configuration Server that stands still now and then. */
import { until } from '../../../tools/programs/execute.ts';
import { mustBe } from '../step.ts';
import { agent, registerApplication, signsInAgain } from './callers.ts';
import { halting, processOf } from './faults.ts';
import { sumOf } from './metrics.ts';
import { runbook } from './operator.ts';

const service = 'auth-api';

export const slowServerIncidents = [
  runbook('A Configuration Server is slow', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-slow');
    const timeouts = () => sumOf(cluster, service, 'auth_cs_command_timeouts_total');
    const before = await timeouts();
    const pid = await processOf(cluster, 'estate', 'app=config-server');
    process.kill(pid, 'SIGSTOP');
    try {
      await application.signIn(...agent);
      await until('requests got no answer in time', async () => (await timeouts()) > before || undefined);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await signsInAgain(application);
    const tunnel = await cluster.forward('service/config-server', 8888, 'estate');
    // The password of the demo's account needs no file at an address of this machine.
    const fill = { '<host:port>': `127.0.0.1:${tunnel.port}` };
    const said = await halting(pid, 300, () =>
      gatehouse('gatehouse config-server ping --server <host:port>', { fill }),
    );
    tunnel.close();
    const slowest = Number(/slowestMs\s+([\d.]+)/.exec(said)?.[1]);
    mustBe(slowest > 200, `ping shows no slow round trip:\n${said}`);
    await application.remove();
    return `auth_cs_command_timeouts_total ${before} to ${await timeouts()}; slowest round trip by ping ${slowest} ms`;
  }),

  runbook('Tokens are slow', async ({ cluster }) => {
    const application = await registerApplication(cluster, 'runbook-tokens');
    await signsInAgain(application);
    const route = { route: '/auth/v3/oauth/token' };
    const counts = async () => ({
      all: await sumOf(cluster, service, 'http_request_duration_seconds_count', route),
      fast: await sumOf(cluster, service, 'http_request_duration_seconds_bucket', { ...route, le: '0.25' }),
      server: await sumOf(cluster, service, 'gatehouse_config_server_call_duration_seconds_sum'),
    });
    const before = await counts();
    const pid = await processOf(cluster, 'estate', 'app=config-server');
    await halting(pid, 600, async () => {
      for (let sent = 0; sent < 6; sent += 1) await application.signIn(...agent);
    });
    const after = await counts();
    const all = after.all - before.all;
    const slow = all - (after.fast - before.fast);
    mustBe(slow / all > 14.4 * 0.01, `${slow} of ${all} token responses are counted as slow`);
    mustBe(
      after.server - before.server > 0.25,
      'the calls to the Configuration Server are not the slow part',
    );
    await application.remove();
    return `${slow} of ${all} token responses over 250 ms, ${(after.server - before.server).toFixed(1)} s of it at the Configuration Server`;
  }),
];
