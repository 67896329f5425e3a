/** The everyday tasks of an operator, done in Chromium by what is visible alone: in two languages, at a desk and on a phone. */
import { readFile } from 'node:fs/promises';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import { startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localTrial } from '../../../auth-api/test/sign-in/sso/stack/sign-on.ts';
import { createBrowser } from '../../../auth-api/test/stack/browser.ts';
import { addAdministrator } from '../../../auth-api/test/stack/console.ts';
import { people, type Stage, startStage } from '../console/stage.ts';
import { tokensByCode } from './code-flow.ts';
import { createOperator, type Operator } from './operator.ts';
import {
  type Credentials,
  createRefusedRequests,
  type RefusedRequests,
  referenceOf,
  refusalSettings,
} from './refused-requests.ts';

let stage: Stage;
let browser: Browser;
let requests: RefusedRequests;
beforeAll(async () => {
  stage = await startStage({
    authApiEnv: { ...localTrial, ...refusalSettings },
    authApiNow: () => Date.now() + aheadMs,
  });
  requests = await createRefusedRequests(stage);
  browser = await sharedChromium();
  const added = await addAdministrator(stage.authApi, {
    user: people.supervisor.username,
    contactCenter: 'demo',
  });
  if (added.status !== 200) throw new Error(added.body);
});
afterAll(async () => {
  await closeContexts(browser);
  await stage?.close();
});

const names = ['ada', 'ben', 'cleo', 'dan', 'eva', 'finn', 'gus', 'hana', 'ivo', 'jule'];

const large = { width: 1280, height: 800 };
const small = { width: 390, height: 844 };
const canSignIn = 'The person can sign in: nothing that was looked at is against it.';
const withoutPassword = 'The person has no password yet. A password link lets the person choose one.';
const linkWaits =
  'The person has no password yet: a password link waits for its use. Ask the person to use the link, or make a new one.';

const deskUri = 'https://desk.example.com/callback';
const pageUri = 'https://page.example.com/callback';
const tokens = { access_token: expect.any(String), id_token: expect.any(String) };

describe.each([
  { language: 'en', place: 'desk', viewport: large },
  { language: 'de', place: 'desk', viewport: large },
  { language: 'en', place: 'phone', viewport: small },
  { language: 'de', place: 'phone', viewport: small },
] as const)('in $language at a $place, an operator', ({ language, place, viewport }) => {
  const suffix = `${language} ${place}`;
  const domain = `acme-${language}-${place}`;
  const center = `Acme Nord ${suffix}`;
  const environment = `Nordic people ${suffix}`;
  let operator: Operator;
  let desk: Credentials;
  let job: Credentials;
  let centerId: string;
  beforeAll(async () => {
    operator = await newOperator();
    await signIn(operator, people.supervisor);
    await operator.sees('This page shows how this installation is doing.');
  });

  it('1. sees that the installation is well, or what its problem is and what to do', async () => {
    await operator.go('Home');
    const seen = await operator.seesOneOf('No problem is known.', 'What to do');
    if (seen === 'What to do') expect(await operator.namedParts()).not.toEqual([]);
  });

  it('2. creates an environment and a contact centre', async () => {
    await operator.go('Environments');
    await operator.press('Create an environment');
    await operator.choose('People store');
    await operator.press('Continue');
    await operator.type('Name', environment);
    await operator.press('Create');
    await operator.go('Contact centres');
    await operator.press('Create a contact centre');
    await operator.type('Tenant names', domain);
    await operator.type('Name', center);
    await operator.choose('Environment', environment);
    await operator.press('Create a contact centre');
    expect(await operator.heading()).toBe(center);
    centerId = new URL(operator.page.url()).pathname.split('/').at(-1) ?? '';
  });

  it('3. adds ten people, of whom one chooses a password by a link', async () => {
    await operator.go('People');
    await operator.press(center);
    for (const name of names) {
      await operator.press('Add a person');
      await operator.type('User name', name);
      if (name === 'dan') await operator.clear('Make a password link at once');
      await operator.press('Add a person');
      await operator.go('People');
      await operator.press(center);
    }
    await operator.press('ada');
    await operator.unfold('What you can do');
    await operator.press('Make a password link');
    await operator.press('Make a password link');
    await choosePasswordAt(await operator.read('Address'));
  });

  it('4. registers three kinds of clients, and each gets tokens as it is shown', async () => {
    await register('Web application with a server', `Desk ${suffix}`, deskUri);
    desk = await registered();
    expect(await tokensOf({ ...desk, redirectUri: deskUri })).toMatchObject(tokens);
    await register('Single-page application', `Page ${suffix}`, pageUri);
    const page = { id: await operator.read('Client id'), redirectUri: pageUri };
    expect(await tokensOf(page)).toMatchObject(tokens);
    await register('Service that calls services', `Job ${suffix}`, undefined, 'calls');
    job = await registered();
    expect((await requests.token(job)).status).toBe(200);
  });

  it('5. finds out why a client is refused', async () => {
    expect((await requests.token({ ...job, secret: 'a wrong secret' })).status).toBe(401);
    await operator.go('Clients');
    await operator.press(`Job ${suffix}`);
    await operator.press('Diagnosis');
    await operator.seesSoon('wrong_secret');
    expect((await requests.token(job, { scope: 'payments' })).status).toBe(400);
    expect((await requests.token(job, { grant_type: 'password' })).status).toBe(400);
    await operator.seesSoon(/scope=payments/);
    await operator.seesSoon('The client may not use this grant type');
  });

  it('5. finds out why each kind of request was refused, of a client and of nobody', async () => {
    const web = { ...desk, redirectUri: deskUri };
    const references: [string, string][] = [];
    for (const [words, play] of requests.plays(web, job, operator.page.context()))
      references.push([words, referenceOf(await play())]);
    await operator.go('Audit');
    await operator.press('Refused requests');
    for (const [words, reference] of references) {
      await operator.unfold('Filters');
      await operator.type('Reference', reference);
      await operator.press('Search');
      await operator.seesRow(words);
    }
  });

  // These and the look of the page come before single sign-on, which takes the passwords of the contact centre out of use.
  it('7. finds out that somebody lacks a password, and makes a link for one', async () => {
    await explain('Demo', 'newcomer');
    await operator.sees('The person can sign in, and must choose a new password there.');

    await explain(center, 'dan');
    await operator.sees(withoutPassword);
    await operator.press('Make a password link');
    await operator.press('Make a password link');
    const address = await operator.read('Address');
    await explain(center, 'dan');
    await operator.sees(linkWaits);
    await choosePasswordAt(address);
    await explain(center, 'dan');
    await operator.sees(canSignIn);
  });

  it('7. finds out that somebody is disabled, and enables the person', async () => {
    await toPerson(center, 'finn');
    await operator.unfold('What you can do');
    await operator.press('Disable');
    await operator.press('Disable');
    await explain(center, 'finn');
    await operator.sees('The person is disabled. Enable the person where people are kept.');
    await operator.press('Enable');
    await operator.press('Enable');
    await explain(center, 'finn');
    await operator.sees(withoutPassword);
  });

  it('7. finds out that somebody has to wait, and unlocks the person', async () => {
    await guessUntilDelayed('ada', domain);
    await explain(center, 'ada');
    await operator.sees(
      'After too many wrong passwords every sign-in of this person has to wait. Unlock the person when you know who typed them.',
    );
    await operator.press('Unlock');
    await operator.press('Unlock');
    await explain(center, 'ada');
    await operator.sees(canSignIn);
  });

  it('9. gives the sign-in page the look of the contact centre', async () => {
    const look = `Nordic ${suffix}`;
    await operator.go('Branding');
    await operator.press(center);
    await operator.type('Location', '/');
    await operator.press('Open');
    await operator.type('Name', look);
    await operator.choose(
      'People who only typed the tenant name',
      'Yes: the page tells that the contact centre exists',
    );
    await operator.press('Save');
    await operator.press('Preview');
    await operator.sees('Preview');
    const other = await newOperator();
    await beginSignIn(other, { username: 'cleo', tenant: domain }, '/auth/account');
    await other.page.getByRole('banner').getByText(look, { exact: true }).waitFor();
    await other.page.context().close();
  });

  it('6. sets up single sign-on, by which a person signs in', async () => {
    await operator.go('Contact centres');
    await operator.press(center);
    await operator.press('Single sign-on');
    await operator.press('Set up single sign-on');
    await operator.choose('OpenID Connect');
    await operator.press('Next');
    const provider = await startOpenIdProvider({
      asksByPage: true,
      clients: [
        {
          client_id: 'gatehouse',
          client_secret: 'a secret of the provider',
          redirect_uris: [await operator.read('Redirect URI')],
        },
      ],
    });
    try {
      await operator.press('Enter settings');
      await operator.type('Issuer', provider.issuer);
      await operator.type('Client id', 'gatehouse');
      await operator.type('Client secret', 'a secret of the provider');
      await operator.press('Save');
      await operator.press('Start the dry run');
      await operator.sees('Every check passed that works without a sign-in.');
      await operator.press('Back');
      await operator.press('Enable');
      await operator.press('Enable');
      const other = await newOperator();
      await other.page.goto(`${stage.publicUrl}/auth/account`);
      await other.type('User name', 'ben');
      await other.type('Tenant', domain);
      await other.press('Next');
      await other.page.getByRole('textbox').fill('ben');
      await other.page.getByRole('button').click();
      await other.sees(/ben/);
      await other.page.context().close();
    } finally {
      await provider.close();
    }
  });

  it('7. finds out that somebody signs in through the identity provider only', async () => {
    await explain(center, 'eva');
    await operator.sees(
      'The person signs in through the identity provider only. Ask the person to choose that way and to type no password here.',
    );
  });

  it('8. ends the sessions of a person, and off-boards a contact centre', async () => {
    const other = await newOperator();
    await signIn(other, people.agent, '/auth/account');
    await other.sees('Ada Agent');
    await toPerson('Demo', 'agent');
    await operator.press('End all sessions');
    await operator.press('End all sessions');
    await other.page.reload();
    await other.sees('Sign in');
    await other.page.context().close();
    await operator.go('Contact centres');
    await operator.press(center);
    await operator.press('Off-boarding');
    await operator.press('Disable');
    await operator.press('Disable');
    await operator.sees(
      'The contact centre is disabled: nobody can sign in to it. All its data is still there.',
    );
  });

  it('10. makes the next keys sign, and creates an API key', async () => {
    await operator.go('Keys');
    await operator.press('Use the next keys');
    await operator.press('Use the next keys');
    await operator.sees('In use');
    await operator.go('Contact centres');
    await operator.press(center);
    await operator.press('API keys');
    await operator.press('Create an API key');
    await operator.type('Name', 'Wallboard');
    await operator.press('Create an API key');
    expect(await operator.read('API key')).toMatch(/^gk_/);
  });

  it('11. makes a colleague the administrator of one contact centre', async () => {
    await operator.go('Contact centres');
    await operator.press(center);
    await operator.press('Administrators');
    await operator.press('Add a person');
    await operator.type('Person', 'cleo');
    await operator.choose('Administrator');
    await operator.press('Add a person');
    await operator.sees(/cleo/);
  });

  it('12. exports the configuration, changes it and imports it', async () => {
    await operator.go('Export and import');
    const [download] = await Promise.all([
      operator.page.waitForEvent('download'),
      operator.press('Download JSON'),
    ]);
    const exported = await readFile(await download.path(), 'utf8');
    await operator.press('Begin an import');
    await operator.type('Document', exported.replace(center, `${center} renamed`));
    await operator.press('Show the changes');
    await operator.sees(`${center} renamed`);
    await operator.press('Make these changes');
    await operator.go('Contact centres');
    await operator.sees(`${center} renamed`);
  });

  it('13. sees who changed a contact centre, and what was changed yesterday alone', async () => {
    const renamed = `${center} renamed`;
    await operator.go('Audit');
    await operator.unfold('Filters');
    await operator.type('Who', 'demo\\supervisor');
    await operator.choose('Kind of object', 'Contact centre');
    await operator.press('Search');
    await operator.seesSoon(new RegExp(renamed));
    await operator.sees(/demo\\supervisor/);
    const whole = (await operator.rows(renamed)).length;
    await repeatCreationYesterday(centerId);
    await operator.unfold('Filters');
    await operator.type('From', hoursAgo(30));
    await operator.type('Until', hoursAgo(12));
    await operator.press('Search');
    await operator.seesRow('Created');
    const ofYesterday = await operator.rows(renamed);
    expect(ofYesterday).toHaveLength(1);
    expect(whole).toBeGreaterThan(1);
  });

  it('14. deletes a client, and takes it back', async () => {
    await operator.go('Clients');
    await operator.press(`Job ${suffix}`);
    await operator.press('Delete');
    await operator.press('Delete');
    await operator.go('Recently deleted');
    await operator.press('Restore', operator.row(`Job ${suffix}`));
    await operator.press('Restore');
    expect((await requests.token({ ...job, secret: await operator.read('Secret') })).status).toBe(200);
  });

  async function toPerson(place: string, person: string): Promise<void> {
    await operator.go('People');
    await operator.press(place);
    await operator.press(person);
  }

  async function explain(place: string, person: string): Promise<void> {
    await toPerson(place, person);
    await operator.press('Explain sign-in');
  }

  async function choosePasswordAt(address: string): Promise<void> {
    const other = await newOperator();
    await other.page.goto(address);
    await other.type('New password', 'Harbour-lights-7');
    await other.type('New password again', 'Harbour-lights-7');
    await other.press('Set password');
    await other.sees('Your password is set');
    await other.page.context().close();
  }

  const registered = async (): Promise<Credentials> => ({
    id: await operator.read('Client id'),
    secret: await operator.read('Secret'),
  });

  /** The agent signs in to the application, in a browser of their own. */
  async function tokensOf(application: Parameters<typeof tokensByCode>[2]) {
    const other = await newOperator();
    const got = await tokensByCode(stage.publicUrl, other, application, (path) =>
      signIn(other, people.agent, path),
    );
    await other.page.context().close();
    return got;
  }

  async function register(kind: string, name: string, redirectUri?: string, scope?: string): Promise<void> {
    await operator.go('Clients');
    await operator.press('Register a client');
    await operator.press(kind);
    await operator.type('Name', name);
    if (redirectUri !== undefined) await operator.type('Redirect URIs', redirectUri);
    if (scope !== undefined) {
      await operator.unfold('Type values, one in each line');
      await operator.type('Scope', scope);
    }
    await operator.press('Look at the registration');
    await operator.press('Register');
    await operator.read('Client id');
  }

  async function newOperator(): Promise<Operator> {
    const context = await browser.newContext({ locale: language, viewport });
    const one = createOperator(await context.newPage(), language, stage.publicUrl);
    one.page.setDefaultTimeout(5_000);
    return one;
  }
});

async function signIn(
  one: Operator,
  { username, password }: { username: string; password: string },
  path = '/auth/console',
): Promise<void> {
  await beginSignIn(one, { username, tenant: 'demo' }, path);
  await one.type('Password', password);
  await one.press('Sign in');
}

async function beginSignIn(
  one: Operator,
  { username, tenant }: { username: string; tenant: string },
  path: string,
): Promise<void> {
  await one.page.goto(`${stage.publicUrl}${path}`);
  await one.type('User name', username);
  await one.type('Tenant', tenant);
  await one.press('Next');
}

const hourMs = 3_600_000;
/** As a field for a time takes it. */
const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString().slice(0, 16);

/** The creation of the contact centre once more, as a change of yesterday: no door makes one of another day. */
async function repeatCreationYesterday(contactCenterId: string): Promise<void> {
  const columns =
    'actor_kind, actor, actor_contact_center_id, action, entity, entity_id, contact_center_id, request_id, changes';
  await stage.environmentApi.deps.core.pool.query(
    `INSERT INTO environment.audit (at, ${columns}) SELECT at - interval '1 day', ${columns}
      FROM environment.audit WHERE entity = 'contact-center' AND entity_id = $1 AND action = 'create'`,
    [contactCenterId],
  );
}

let strangers = 0;
/** Of Auth API. Environment API believes no sign-in that is far ahead of its own clock. */
let aheadMs = 0;

/** Tries wrong passwords, at an address where nobody else is, until the next one has to wait for longer than a page takes. */
async function guessUntilDelayed(username: string, tenant: string): Promise<void> {
  const data = { username, tenant, password: 'wrong' };
  const { host, origin } = new URL(stage.publicUrl);
  strangers += 1;
  for (let tries = 0; tries < 20; tries += 1) {
    const guessing = createBrowser(stage.authApi.app, `198.51.100.${strangers}`);
    const answer = await guessing.postJson('/auth/v3/sign-in', { data }, { host, origin });
    const waitSeconds = answer.status === 429 ? Number(answer.headers['retry-after']) : 0;
    if (waitSeconds >= 16) return;
    aheadMs += waitSeconds * 1000;
  }
  throw new Error('nobody had to wait');
}
