/** Signs a person in with Chromium at the public host, as the last lines of docs/start/first-login.md say. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { blocksOf } from '../../../tools/charts/page-blocks.ts';
import { startGateway } from '../../../tools/stack/gateway.ts';
import type { Cluster } from '../cluster.ts';
import { repository } from '../places.ts';
import { mustBe, Skipped, type Step } from '../step.ts';

export const browserLogin: Step = {
  name: 'browser login through port-forward',
  async run(cluster) {
    const chromium = findChromium();
    if (chromium === undefined) throw new Skipped('no Chromium');
    const page = readFileSync(path.join(repository, 'docs/start/first-login.md'), 'utf8');
    const address =
      blocksOf(page)
        .find(({ language }) => language === 'text')
        ?.text.trim() ?? '';
    const { hostname } = new URL(address);
    const gateway = await publishHost(cluster, hostname);
    // The public address has no port of its own: the browser is told where the host is.
    const browser = await launchChromium(chromium, [
      `--host-resolver-rules=MAP ${hostname}:443 127.0.0.1:${gateway.port}`,
    ]);
    try {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const tab = await context.newPage();
      const arrival = tab.waitForRequest((request) => request.url().startsWith('http://localhost:3000/'));
      // Nothing listens where the browser comes back to: a refusal before the page is told by the address.
      await Promise.race([
        tab.goto(address),
        arrival.then((request) => {
          throw new Error(`sent back before the login: ${request.url()}`);
        }),
      ]);
      await tab.locator('input[name=username]').fill('agent');
      await tab.locator('input[name=tenant]').fill('demo');
      await tab.locator('input[name=tenant]').press('Enter');
      await tab.locator('input[name=password]').fill('demo-agent-password');
      await tab.locator('input[name=password]').press('Enter');
      const code = new URL((await arrival).url()).searchParams.get('code');
      mustBe(code !== null, 'the browser comes back without a code');
      return `a code after ${context.pages().length} page`;
    } finally {
      await browser.close();
      await gateway.close();
    }
  },
};

/** Serves the hostname as an Ingress controller would by the charts' Ingress objects. */
async function publishHost(cluster: Cluster, hostname: string) {
  const addressOf = async (name: string) =>
    `http://127.0.0.1:${(await cluster.forward(`service/${name}`, 80)).port}`;
  const port = await freePort();
  const { close } = await startGateway({
    port,
    publicUrl: `https://${hostname}`,
    identity: createAuthority().issue({ names: [hostname] }),
    authApi: await addressOf('auth-api'),
    authUi: await addressOf('auth-ui'),
    environmentApi: await addressOf('environment-api'),
  });
  return { port, close };
}
