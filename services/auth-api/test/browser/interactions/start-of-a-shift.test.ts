import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomToken } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { agent, sessionCookie, signIn } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, type TestClient } from '../../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_BUSY_DELAY_MS: '20' } });
  client = await createClient(stack);
});
afterAll(() => stack?.close());

const begin = (browser = createBrowser(stack.app)) => browser.get(authorizeUrl(client));
/** @throws TypeError without a page to go on at */
const interactionOf = (location: unknown) => new URL(String(location)).searchParams.get('interaction') ?? '';

const untilOneMayBegin = (browser = createBrowser(stack.app)): Promise<string> =>
  vi.waitFor(async () => interactionOf((await begin(browser)).location));

function browserWith(app: App, cookies: [string, string][]) {
  const browser = createBrowser(app);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  return browser;
}

/** So many at once, at a replica that gets as few turns as many requests leave it; ten a second get in all the same. */
async function beginAtOnce(count: number, { app } = stack, cookies: [string, string][] = []) {
  const endMs = performance.now() + 500;
  while (performance.now() < endMs);
  // Until the loop has noticed.
  await nextTurn();
  await nextTurn();
  const answers = await Promise.all(Array.from({ length: count }, () => begin(browserWith(app, cookies))));
  return answers.filter(({ status }) => status === 503);
}

const untilOneIsSentAway = () => vi.waitFor(async () => expect(await beginAtOnce(20)).not.toEqual([]));

it('a busy replica lets few begin, and tells each of the others another time to come back', async () => {
  await untilOneMayBegin();
  const answers = await vi.waitFor(async () => {
    const sentAway = await beginAtOnce(60);
    expect(sentAway.length).toBeGreaterThan(20);
    return sentAway;
  });
  const seconds = answers.map(({ headers }) => Number(headers['retry-after']));
  expect(Math.min(...seconds)).toBeGreaterThan(0);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(60);
  const inOneSecond = seconds.filter((second) => second === seconds[0]).length;
  expect(inOneSecond).toBeLessThan(answers.length / 2);
  // No browser heeds Retry-After.
  expect(answers.map(({ headers }) => Number(headers['refresh']))).toEqual(seconds);
  expect(answers[0]?.body).toContain('One moment, please');

  expect(await untilOneMayBegin()).toBeTruthy();
});

it('whoever has begun goes on, and whoever is signed in gets to further applications', async () => {
  const browser = createBrowser(stack.app);
  const interaction = await untilOneMayBegin(browser);
  await untilOneIsSentAway();
  const { location } = await signIn(stack, browser, interaction, agent);
  const answer = await browser.get(String(location));
  expect(new URL(String(answer.location)).searchParams.get('code')).toBeTruthy();

  await untilOneIsSentAway();
  expect(new URL(String((await begin(browser)).location)).searchParams.get('code')).toBeTruthy();

  const asksForConsent = authorizeUrl(client, { prompt: 'consent' });
  await untilOneIsSentAway();
  const answers = await Promise.all(Array.from({ length: 20 }, () => browser.get(asksForConsent)));
  expect(answers.map(({ location }) => interactionOf(location) !== '')).not.toContain(false);
});

it('the cookie of a session that has ended lets nobody pass', async () => {
  const cookie: [string, string] = [sessionCookie, randomToken()];
  await vi.waitFor(async () => expect((await beginAtOnce(60, stack, [cookie])).length).toBeGreaterThan(20));
});

it('with 0 everybody may always begin', async () => {
  const other = await startAuthApi({ beside: stack });
  try {
    expect(await beginAtOnce(60, other)).toEqual([]);
  } finally {
    await other.close();
  }
});
