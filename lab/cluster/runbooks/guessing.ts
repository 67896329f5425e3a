/** Incidents at the edge: somebody who guesses passwords, and a proxy that nobody named. */
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { call } from '../load/call.ts';
import { becomes, mustBe } from '../step.ts';
import { accessTokenOf, agent } from './callers.ts';
import { runbook, service } from './operator.ts';

const guesser = '203.0.113.7';
const guesses = 40;

export const guessingIncidents = [
  runbook('Somebody tries passwords', async ({ application, says, sum }) => {
    accessTokenOf(await application.signIn());
    const counts = async () => ({
      refused: await sum('gatehouse_sign_ins_total', { outcome: /^(bad_credentials|throttled)$/ }),
      success: await sum('gatehouse_sign_ins_total', { outcome: 'success' }),
    });
    const before = await counts();
    const startMs = performance.now();
    for (let sent = 0; sent < guesses; sent += 8)
      await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          application.signIn(at === 0 ? agent.name : `nobody-${at}`, `guess-${sent}`, guesser),
        ),
      );
    const seconds = (performance.now() - startMs) / 1_000;
    const after = await counts();
    const more = after.refused - before.refused;
    mustBe(more / seconds > 1, `${more} refused in ${seconds.toFixed(1)} s is less than one a second`);
    mustBe(more > 3 * (after.success - before.success), 'the alert would not fire');
    const events = await says('gatehouse audit search --event login_failed', guesser);
    mustBe(events.includes('nobody-1'), 'the events do not show that many accounts are tried');
    await says('gatehouse audit search --event login_throttled', guesser);
    accessTokenOf(await application.signIn());
    return `${more} of ${guesses} guesses counted in ${seconds.toFixed(1)} s, the address throttled; the owner signs in`;
  }),

  runbook('A proxy is not trusted', async ({ cluster, gatehouse, logged, sum }) => {
    const name = 'gatehouse_forwarded_addresses_ignored_total';
    const throughProxy = async () => {
      // A Service chooses: with so many requests no pod is left out.
      for (let sent = 0; sent < 20; sent += 1)
        await call(cluster, '/auth/v3/.well-known/openid-configuration', { forwardedFor: '198.51.100.1' });
    };
    const before = await sum(name);
    await throughProxy();
    mustBe((await sum(name)) === before, 'the proxy is not trusted before');
    await upgrade(cluster, service, 'config.http.trustedProxies={192.0.2.1/32}');
    try {
      await throughProxy();
      await becomes('the metric grows', async () => (await sum(name)) >= 20);
      const line = await logged('X-Forwarded-For is ignored');
      const { proxyAddress } = JSON.parse(line) as { proxyAddress: string };
      const said = await gatehouse('gatehouse doctor');
      const sentence = `X-Forwarded-For of ${proxyAddress} is ignored`;
      mustBe(said.includes(sentence), `doctor does not name it:\n${said}`);
    } finally {
      await rollBackAll(cluster, [service]);
    }
    await throughProxy();
    mustBe((await sum(name)) === 0, 'the proxy is still not trusted');
    return `${name} 20 of 20 requests, 0 after the range was named`;
  }),
];
