/** Incidents at the edge: somebody who guesses passwords, and a proxy that nobody named. */

import { until } from '../../../tools/programs/execute.ts';
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { call } from '../load/call.ts';
import { mustBe } from '../step.ts';
import { accessTokenOf, agent, registerApplication } from './callers.ts';
import { sumOf } from './metrics.ts';
import { runbook } from './operator.ts';

const guesser = '203.0.113.7';
const guesses = 40;

export const guessingIncidents = [
  runbook('Somebody tries passwords', async ({ cluster, gatehouse }) => {
    const application = await registerApplication(cluster, 'runbook-guesses');
    const [user, password] = agent;
    accessTokenOf(await application.signIn(user, password));
    const outcome = (which: RegExp) =>
      sumOf(cluster, 'auth-api', 'gatehouse_sign_ins_total', { outcome: which });
    const refused = /^(bad_credentials|throttled)$/;
    const before = { refused: await outcome(refused), success: await outcome(/^success$/) };
    const startMs = performance.now();
    for (let sent = 0; sent < guesses; sent += 8)
      await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          application.signIn(at === 0 ? user : `nobody-${at}`, `guess-${sent}`, guesser),
        ),
      );
    const seconds = (performance.now() - startMs) / 1_000;
    const more = (await outcome(refused)) - before.refused;
    mustBe(more / seconds > 1, `${more} refused in ${seconds.toFixed(1)} s is less than one a second`);
    mustBe(more > 3 * ((await outcome(/^success$/)) - before.success), 'the alert would not fire');
    const events = await until('the events name the address', async () => {
      const said = await gatehouse('gatehouse audit search --event login_failed');
      return said.includes(guesser) ? said : undefined;
    });
    mustBe(events.includes('nobody-1'), 'the events do not show that many accounts are tried');
    await until('the throttling is told', async () => {
      const said = await gatehouse('gatehouse audit search --event login_throttled');
      return said.includes(guesser) || undefined;
    });
    accessTokenOf(await application.signIn(user, password));
    await application.remove();
    return `${more} of ${guesses} guesses counted in ${seconds.toFixed(1)} s, the address throttled; the owner signs in`;
  }),

  runbook('A proxy is not trusted', async ({ cluster, gatehouse, logged }) => {
    const name = 'gatehouse_forwarded_addresses_ignored_total';
    const ignored = () => sumOf(cluster, 'auth-api', name);
    const throughProxy = async () => {
      // A Service chooses: with so many requests no pod is left out.
      for (let sent = 0; sent < 20; sent += 1)
        await call(cluster, '/auth/v3/.well-known/openid-configuration', { forwardedFor: '198.51.100.1' });
    };
    const before = await ignored();
    await throughProxy();
    mustBe((await ignored()) === before, 'the proxy is not trusted before');
    await upgrade(cluster, 'auth-api', 'config.http.trustedProxies={192.0.2.1/32}');
    try {
      await throughProxy();
      await until('the metric grows', async () => (await ignored()) >= 20 || undefined);
      const { proxyAddress } = JSON.parse(await logged('auth-api', 'X-Forwarded-For is ignored')) as {
        proxyAddress: string;
      };
      const said = await gatehouse('gatehouse doctor');
      mustBe(
        said.includes(`X-Forwarded-For of ${proxyAddress} is ignored`),
        `doctor does not name it:\n${said}`,
      );
    } finally {
      await rollBackAll(cluster, ['auth-api']);
    }
    await throughProxy();
    mustBe((await ignored()) === 0, 'the proxy is still not trusted');
    return `${name} 20 of 20 requests, 0 after the range was named`;
  }),
];
