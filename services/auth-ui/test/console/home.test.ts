import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hourOf, successOf } from '../../../auth-api/src/records/activity/hour.ts';
import { createActivityStore } from '../../../auth-api/src/records/activity/store.ts';
import { startAlertReceiver, webhookSettings } from '../../../auth-api/test/operations/alerts/receivers.ts';
import { createClient, token } from '../../../auth-api/test/stack/oauth.ts';
import type { Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

const dayMs = 86_400_000;
let stage: Stage;
let receiver: Awaited<ReturnType<typeof startAlertReceiver>>;
let person: Person;
beforeAll(async () => {
  receiver = await startAlertReceiver();
  stage = await startStage({ authApiEnv: webhookSettings(receiver.url) });
  person = await stage.installationAdministrator();
});
afterAll(async () => {
  await stage?.close();
  receiver?.close();
});

/** As seen a few seconds later, when Redis has the counts. */
async function home(query = '', by = person) {
  await stage.authApi.deps.activity.flush();
  return by.open(`/auth/console${query}`);
}

async function failToSignIn(times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const other = stage.newPerson();
    await other.openAs('/auth/console', { ...people.agent, username: `agent-${index}`, password: 'wrong' });
  }
}

it('tells a new installation what its next step is, until it is taken', async () => {
  const page = await home();
  expect(page.heading).toBe('Home');
  expect(page.text).toContain('First steps');
  expect(page.text).toMatch(/Add an environment Done .*Register an application Next/);
  await createClient(stage.authApi);
  expect((await home()).text).not.toContain('First steps');
});

it('shows how many people signed in, how many could not, and why', async () => {
  await failToSignIn(3);
  const page = await home();
  expect(page.text).toMatch(/Sign-ins \d+ at most \d+ a minute/);
  expect(page.text).toMatch(/Failed sign-ins 3 /);
  expect(page.text).toMatch(/Why sign-ins failed .*Wrong name or password 3/);
  expect(page.html).toMatch(
    /<svg class="plot"[^>]* role="img"[^>]*><title id="sign-ins-title">Sign-ins per minute/,
  );
  expect(page.text).toMatch(/Directories 1 of 1 are connected/);
  // The same figures in words.
  expect(page.html).toMatch(/<details class="as-table">.*<time datetime="\d{4}-/s);
});

it('looks back as far as it is asked to, by links', async () => {
  const page = await home();
  expect(page.links).toContainEqual({ href: '/auth/console?window=24h', text: '24 hours' });
  expect((await home('?window=24h')).text).toContain('24 hr. ago');
  expect((await home('?window=nonsense')).text).toContain('60 min. ago');
});

it('names what ends soon as a problem first, with the runbook that says what to do', async () => {
  const { contactCenterId } = stage;
  await stage.environmentApi.call('POST', `/contact-centers/${contactCenterId}/api-keys`, {
    payload: { data: { name: 'wallboard', expiresAt: new Date(Date.now() + 5 * dayMs).toISOString() } },
  });
  const page = await home();
  // A busy machine has other problems, too: slow sign-ins.
  expect(page.text).toMatch(
    /A certificate or key ends Warning API key wallboard: 5 days are left.* Ends within 90 days What Of Ends API key wallboard/s,
  );
  const link = page.links.find(({ href }) => href.endsWith('#a-certificate-ends'));
  expect(link?.text).toBe('What to do');
  const [path = '', anchor = ''] = link?.href.split('#') ?? [];
  const runbooks = await person.open(path);
  expect(runbooks.heading).toBe('Runbooks');
  expect(runbooks.html).toContain(`<section class="runbook" id="${anchor}">`);
});

it('says whether alerts arrive, and sends a test to everybody who is told', async () => {
  const address = new URL(receiver.url).host;
  expect((await home()).text).toMatch(`Alerts Way Goes to Last message Webhook ${address}`);
  const test = async () => {
    const form = await person.open('/auth/console/alerts/test');
    expect(form.text).toContain(`Webhook ${address}`);
    return person.submit(form, '/auth/console/alerts/test');
  };
  expect(await test()).toMatchObject({ message: 'The test alert was delivered', heading: 'Home' });
  expect((await home()).text).toMatch(new RegExp(`Webhook ${address} Delivered `));
  expect(receiver.taken.map(({ body }) => body.type)).toContain('alert.test');

  receiver.answers.push(404);
  const refused = await test();
  expect(refused.message).toContain('The test alert was not delivered to all');
  expect(refused.text).toContain('Webhook: The receiver answered 404.');
  expect(refused.text).toMatch(
    /Alerts do not arrive Warning The webhook did not take the last alert\. The receiver answered 404\./,
  );
  await test();
  expect((await home()).text).not.toContain('Alerts do not arrive');

  const admin = await stage.contactCenterAdministrator();
  expect((await home('', admin)).text).not.toContain(address);
  expect((await admin.open('/auth/console/alerts/test')).status).toBe(403);
});

it('says in the language of the reader what is wrong, and what to do first', async () => {
  stage.toEnvironmentApi.cut();
  const page = await home('?language=de');
  stage.toEnvironmentApi.heal();
  expect(page.html).toContain('<p>Environment API antwortet nicht');
  const runbooks = await person.open('/auth/console/runbooks');
  await person.open('/auth/console?language=en');
  expect(runbooks.html).toMatch(
    /id="a-dependency-is-down">\s*<h2>[^<]*<\/h2>\s*<p>Ein Dienst, eine Datenbank .* Beheben Sie zuerst diesen Fehler[^<]*<\/p>\s*<div lang="en" dir="ltr">/,
  );
});

it('shows what one API tells while the other one does not answer', async () => {
  stage.toEnvironmentApi.cut();
  const page = await home();
  stage.toEnvironmentApi.heal();
  expect(page.status).toBe(200);
  expect(page.text).toMatch(/A dependency is down Critical Environment API does not answer/);
  expect(page.text).toContain('Failed sign-ins');
  expect((await home()).text).not.toContain('Environment API does not answer');
});

// attack: a contact-centre administrator reads at the console what happens elsewhere | CWE-639 | guard: services/auth-api/src/operations/overview/routes.ts
it('shows a contact-centre administrator the own contact centre alone', async () => {
  const { environmentId } = stage;
  const other = await stage.environmentApi.contactCenter({
    environmentId,
    name: 'Other',
    domains: ['other'],
  });
  for (const [center, name] of [
    [other, 'of-the-other'],
    [stage.contactCenterId, 'of-their-own'],
  ])
    await stage.environmentApi.call('POST', `/contact-centers/${center}/api-keys`, {
      payload: { data: { name, expiresAt: new Date(Date.now() + 5 * dayMs).toISOString() } },
    });
  const admin = await stage.contactCenterAdministrator();
  const page = await home('', admin);
  expect(page.text).toContain('This page shows how your contact centre is doing.');
  expect(page.text).toContain('of-their-own');
  for (const absent of ['of-the-other', 'Audit events that wait', 'First steps', 'Signing key', '127.0.0.1:'])
    expect(page.text).not.toContain(absent);
  expect((await home()).text).toContain('of-the-other');
});

it('counts tokens too, and stays small for two days', async () => {
  const client = await createClient(stage.authApi);
  await token(stage.authApi, client, { grant_type: 'client_credentials' });
  await fillHours(49);
  const page = await home('?window=48h');
  expect(page.html).not.toContain(' style=');
  expect(page.html.match(/<td data-label="From">/g)?.length).toBeLessThanOrEqual(48);
  expect(gzipSync(page.html).length).toBeLessThan(20_000);
  // Arabic has the most bytes.
  const arabic = await person.request('/auth/console?window=48h', { headers: { 'accept-language': 'ar' } });
  const html = await arabic.text();
  expect(html).toContain('lang="ar"');
  expect(await person.weightOf({ html })).toBeLessThan(80 * 1024);
});

/** Sign-ins in every step, slow and fast ones, and failures of several reasons. */
async function fillHours(length: number): Promise<void> {
  const { redis, keyspace } = stage.authApi.deps.core;
  const store = createActivityStore(redis, keyspace);
  const last = hourOf(Date.now());
  for (let hour = last - length; hour <= last; hour += 1) {
    const counts = Array.from({ length: 60 }, (_, minute): [string, number][] => [
      [`${minute}:${successOf(30)}`, 1234],
      [`${minute}:${successOf(3000)}`, 321],
      [`${minute}:bad_credentials`, 12],
    ]);
    await store.add({ hour, contactCenterId: undefined }, new Map(counts.flat()));
  }
}
