/** What people see of an installation: a sign-in at the contact centre of the documents, and the console of its administrator. */
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import { users } from '../../../tools/stack/provisioning/demo.ts';
import { authorizationRequest, authorize, codeIn, createBrowser, redemption } from '../../harness/browser.ts';
import { basic } from '../../harness/http.ts';
import { mustBe, Skipped } from '../step.ts';
import { type Installation, namespace } from './installation.ts';

/** Of the documents. */
const tenant = 'north';
const request = authorize(authorizationRequest('desktop', 'openid profile'));
const [{ username, password }] = users;

/** Whether the application gets tokens with this secret, after a person has signed in by password. */
export function getsTokens(installation: Installation, secret: string): Promise<boolean> {
  return atPublicHost(installation, async (at, ask) => {
    const typed = { username, tenant, password };
    const page = await ask.walk(request, typed);
    const code = codeIn(page);
    if (code === undefined)
      throw new Error(`the person comes to ${page.status} ${page.location ?? page.text.slice(0, 300)}`);
    const answer = await fetch(`${at}/auth/v3/oauth/token`, {
      method: 'POST',
      headers: { authorization: basic('desktop', secret) },
      body: new URLSearchParams(redemption(code)),
    });
    mustBe([200, 401].includes(answer.status), `the token endpoint answers ${answer.status}`);
    return answer.status === 200;
  });
}

/** The page on which a person types the password. */
export async function passwordPage(installation: Installation): Promise<string> {
  return atPublicHost(installation, async (_, { walk }) => (await walk(request, { username, tenant })).text);
}

/** The address at the identity provider to which a team lead is sent. */
export function askedElsewhere(installation: Installation): Promise<string> {
  return atPublicHost(installation, async (_, { ask, walk }) => {
    const { text } = await walk(request, { username: users[1].username, tenant });
    const [, start = ''] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text) ?? [];
    return (await ask(start.replaceAll('&amp;', '&'))).location ?? `nowhere: ${text.slice(0, 300)}`;
  });
}

type Ask = ReturnType<typeof asks>;
type Tab = Awaited<ReturnType<Awaited<ReturnType<typeof launchChromium>>['newPage']>>;

function asks(publicUrl: string, at: string) {
  const browser = createBrowser(publicUrl);
  const addresses = { authApi: at, authUi: at, environmentApi: at };
  return {
    ask: (path: string) => browser.ask(addresses, path),
    walk: (path: string, typed: Record<string, string>) => browser.walk(addresses, path, typed),
  };
}

async function atPublicHost<T>(
  { cluster, publicUrl }: Installation,
  work: (at: string, ask: Ask) => Promise<T>,
): Promise<T> {
  const forward = await cluster.forward('service/evaluation-public-host', 80, namespace);
  const at = `http://127.0.0.1:${forward.port}`;
  try {
    return await work(at, asks(publicUrl, at));
  } finally {
    forward.close();
  }
}

/** The administrator of the installation at the console, in a real browser. */
export async function atConsole<T>(
  { cluster, publicUrl }: Installation,
  work: (tab: Tab) => Promise<T>,
): Promise<T> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Skipped('no Chromium');
  const forward = await cluster.forward('service/evaluation-public-host', 80, namespace);
  const { host } = new URL(publicUrl);
  // The port of the public address is not the one that is forwarded.
  const browser = await launchChromium(chromium, [
    `--host-resolver-rules=MAP ${host} 127.0.0.1:${forward.port}`,
  ]);
  try {
    const { data } = await cluster.get<{ data: Record<string, string> }>(
      ...['secret', 'evaluation', '--namespace', namespace],
    );
    const tab = await (await browser.newContext()).newPage();
    await tab.goto(`${publicUrl}/auth/console`);
    const typed = [
      ['username', 'administrator'],
      ['tenant', 'evaluation'],
      ['password', Buffer.from(data['administrator-password'] ?? '', 'base64').toString()],
    ] as const;
    for (const [name, value] of typed) {
      await tab.locator(`input[name=${name}]`).fill(value);
      if (name !== 'username') await tab.locator(`input[name=${name}]`).press('Enter');
    }
    await tab.waitForURL(`${publicUrl}/auth/console**`);
    return await work(tab);
  } finally {
    await browser.close();
    forward.close();
  }
}

/** Changes a setting of the contact centre of the documents as an administrator does who finds it by its name. */
export async function changeSetting(tab: Tab, name: string, value: string): Promise<void> {
  await openSettings(tab);
  const row = tab.locator('tr', { hasText: name });
  await row.getByRole('link', { name: 'Change' }).click();
  await tab.locator('[name=value]').fill(value);
  await tab.getByRole('button', { name: 'Save' }).click();
}

export async function openSettings(tab: Tab): Promise<void> {
  await tab.getByRole('link', { name: 'Contact centres' }).first().click();
  await tab.getByRole('link', { name: 'North office' }).click();
  await tab.getByRole('link', { name: 'Settings' }).last().click();
}
