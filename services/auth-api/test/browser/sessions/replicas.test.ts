/** Sessions as the user of an installation with two replicas meets them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, readView, signIn, startInteraction } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, getCode, introspect, redeem, responseOf } from '../../stack/oauth.ts';

const second = { timeout: 1000, interval: 20 };
const rememberSeconds = 30 * 24 * 3600;

let stack: AuthApi;
let replica: AuthApi;
beforeAll(async () => {
  const env = { GATEHOUSE_SESSION_REMEMBER_SECONDS: String(rememberSeconds) };
  stack = await startAuthApi({ env });
  // Where subjects are shared, each session costs one more, for replicas of the release before.
  const { contactCenters } = stack.environmentApi;
  const other = contactCenters.get(otherContactCenterId);
  if (other) contactCenters.set(other.id, { ...other, subjectScope: 'contactCenter' });
  replica = await startAuthApi({ beside: stack, env });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

async function signedIn(at = stack): Promise<Browser> {
  const browser = createBrowser(at.app);
  const answer = await browser.postJson('/auth/v3/sign-in', { data: agent });
  if (answer.status !== 200) throw new Error(answer.body);
  return browser;
}

/** The same browser, whose next request reaches the other replica. */
function movedTo(at: AuthApi, browser: Browser): Browser {
  const moved = createBrowser(at.app);
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
  return moved;
}

const isIn = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;

describe('a session on two replicas', () => {
  it('is one: whoever signed in at the one is known to the other', async () => {
    expect(await isIn(movedTo(replica, await signedIn()))).toBe(true);
  });

  it('ends everywhere within a second when its user signs out everywhere, with every token', async () => {
    const client = await createClient(stack);
    const elsewhere = await Promise.all([signedIn(), signedIn(replica), signedIn()]);
    const here = createBrowser(stack.app);
    const tokens = (await redeem(stack, client, await getCode(stack, here, client))).json();
    const observer = await createClient(stack, { internalClient: true });
    const isActive = async () => (await introspect(replica, observer, tokens.access_token))['active'];
    expect(await isActive()).toBe(true);

    await here.postJson('/auth/v3/sign-out', { global: true });

    await expect.poll(isActive, second).toBe(false);
    const moved = elsewhere.map((browser) => movedTo(replica, browser));
    expect(await Promise.all(moved.map(isIn))).toEqual([false, false, false]);
    expect(await isIn(await signedIn(replica))).toBe(true);
  });

  it('costs one cut-off to end them all, whatever their number', async () => {
    const browsers: Browser[] = [];
    for (let index = 0; index < 8; index += 1) browsers.push(await signedIn());
    const revocations = () => stack.deps.stores.redis.xlen(stack.deps.core.keyspace.name('cutoffs'));
    const before = await revocations();

    await browsers[0]?.postJson('/auth/v3/sign-out', { global: true });

    // The second is that of the session whose cookie asked.
    expect((await revocations()) - before).toBeLessThanOrEqual(2);
  });

  it('ends on the other replica too when it is ended from the account page', async () => {
    const [here, there] = [await signedIn(), await signedIn(replica)];
    const listed = (await here.get('/auth/v3/sessions')).json() as {
      data: { id: string; current: boolean }[];
    };
    const thereId = ((await there.get('/auth/v3/sessions')).json() as typeof listed).data.find(
      ({ current }) => current,
    )?.id;
    expect(listed.data.map(({ id }) => id)).toContain(thereId);

    await here.request('DELETE', `/auth/v3/sessions/${thereId}`, {});

    await expect.poll(() => isIn(there), second).toBe(false);
    expect(await isIn(here)).toBe(true);
  });

  it('ends on both when the person is disabled at the Configuration Server', async () => {
    const { store } = stack.simulator;
    const person = { username: 'leaver', password: 'leaver-password', tenant: 'demo' };
    await store.createPerson({ tenantDbid: 101, userName: person.username, password: person.password });
    const browser = createBrowser(stack.app);
    await browser.postJson('/auth/v3/sign-in', { data: person });
    expect(await isIn(movedTo(replica, browser))).toBe(true);

    await store.setEnabled(store.personNamed(person.username)?.['DBID'] as number, false);

    await expect.poll(() => isIn(browser), { timeout: 3000 }).toBe(false);
    await expect.poll(() => isIn(movedTo(replica, browser)), second).toBe(false);
  });
});

describe('single sign-on', () => {
  it('lets the second application of the contact centre in without a question, on another replica too', async () => {
    const [desktop, reports] = [
      await createClient(stack, { contactCenterIds: [contactCenterId] }),
      await createClient(stack),
    ];
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, desktop);

    const answer = await movedTo(replica, browser).get(authorizeUrl(reports));

    expect(responseOf(answer).get('code')).toEqual(expect.any(String));
  });

  it('57: never reaches an application of another contact centre', async () => {
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, await createClient(stack));
    const foreign = await createClient(stack, { contactCenterIds: [otherContactCenterId] });

    const asked = await browser.get(authorizeUrl(foreign));
    const silent = await browser.get(authorizeUrl(foreign, { prompt: 'none' }));

    expect(asked.location).toContain('/auth/sign-in.html');
    expect(responseOf(silent).get('error')).toBe('login_required');
  });
});

describe('staying signed in', () => {
  const cookieOf = (answer: { headers: Record<string, unknown> }) => String(answer.headers['set-cookie']);

  it('is offered, and gives a cookie that outlives the browser to who ticks the box', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const { csrf, remember } = await readView(stack.app, browser, id);

    const answer = await browser.postForm('/auth/v3/sign-in', {
      ...agent,
      interaction: id,
      csrf,
      remember: 'true',
    });

    expect(remember).toBe('offered');
    expect(cookieOf(answer)).toMatch(/__Host-gatehouse-session=[\w-]{43}; Max-Age=2592000; Path=\//);
    const listed = (await movedTo(replica, browser).get('/auth/v3/sessions')).json() as {
      data: { remembered: boolean; current: boolean }[];
    };
    expect(listed.data.find(({ current }) => current)?.remembered).toBe(true);
  });

  it('does not happen to who leaves the box empty', async () => {
    const browser = createBrowser(stack.app);
    const answer = await signIn(stack, browser, await startInteraction(stack, browser), agent);

    expect(cookieOf(answer)).toMatch(/__Host-gatehouse-session=[\w-]{43}; Path=\/; HttpOnly/);
  });

  it('is remembered by the page after a wrong password', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const { csrf } = await readView(stack.app, browser, id);

    await browser.postForm('/auth/v3/sign-in', {
      ...agent,
      password: 'wrong',
      interaction: id,
      csrf,
      remember: 'true',
    });

    expect((await readView(stack.app, browser, id)).remember).toBe('chosen');
  });
});
