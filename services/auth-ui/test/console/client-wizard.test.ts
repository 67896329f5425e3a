import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  challenge,
  createClient,
  opsCall,
  type TestClient,
  verifier,
} from '../../../auth-api/test/stack/oauth.ts';
import type { Answer, Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

const path = '/auth/console/clients';
const wizard = `${path}/new`;
const urn = (name: string) => `urn:ietf:params:oauth:grant-type:${name}`;

let stage: Stage;
let person: Person;
let desk: TestClient;
beforeAll(async () => {
  stage = await startStage();
  [person, desk] = await Promise.all([
    stage.installationAdministrator(),
    createClient(stage.authApi, { name: 'Agent desktop' }),
  ]);
});
afterAll(() => stage?.close());

const subjects = 'tokenExchange.subjectClients';
const callback = 'https://app.test/callback';
const signIn = { redirectURIs: callback, postLogoutRedirectURIs: 'https://app.test/bye' };
const signInGrants = ['authorization_code', 'refresh_token'];

async function register(kind: string, typed: Record<string, string>): Promise<Answer> {
  const form = await person.open(`${wizard}/${kind}`);
  const review = await person.submit(form, `${wizard}/${kind}`, { name: `New ${kind}`, ...typed });
  expect(review).toMatchObject({ status: 200, heading: 'Is this right?' });
  return person.submit(review, `${wizard}/${kind}/register`);
}

/** Client id and, where there is one, the secret: no page shows them together again. */
function givenIn({ html }: Answer): [id: string, secret: string | undefined] {
  const [id = '', secret] = [...html.matchAll(/<p class="once-value"><code>(.*?)<\/code>/g)].map(
    ([, value = '']) => value,
  );
  return [id, secret];
}

const read = async (clientId: string, what = '') =>
  (await opsCall(stage.authApi, 'GET', `/auth/v3/ops/clients/${clientId}${what}`)).json<{
    data: Record<string, unknown>;
  }>().data;

async function tokenFor(form: Record<string, string>): Promise<Response> {
  return person.request('/auth/v3/oauth/token', { method: 'POST', body: new URLSearchParams(form) });
}

/** As the application does it in a browser that is signed in already. */
async function codeFor(client_id: string): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: callback,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const { headers } = await person.request(`/auth/v3/oauth/authorize?${query}`);
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
}

describe('the wizard for a new client', () => {
  it('asks for the kind of application first', async () => {
    const page = await person.open(wizard);
    const kinds = page.links.map(({ href }) => href).filter((href) => href.startsWith(`${wizard}/`));
    expect(kinds).toHaveLength(7);
    for (const kind of kinds) expect((await person.open(kind)).forms.length).toBeGreaterThan(1);
  });

  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    ['web', signIn, { clientType: 'CONFIDENTIAL', authorizedGrantTypes: signInGrants, requirePkce: true }],
    ['page', signIn, { clientType: 'PUBLIC', authorizedGrantTypes: signInGrants, requirePkce: true }],
    [
      'native',
      { redirectURIs: 'com.example.app:/callback' },
      { clientType: 'PUBLIC', authorizedGrantTypes: signInGrants },
    ],
    [
      'service',
      { authorities: 'ROLE_REPORTS', scope: 'calls:read' },
      {
        authorizedGrantTypes: ['client_credentials'],
        authorities: ['ROLE_REPORTS'],
        scope: ['calls:read'],
      },
    ],
    ['device', {}, { clientType: 'PUBLIC', authorizedGrantTypes: [urn('device_code'), 'refresh_token'] }],
    [
      'exchange',
      { [subjects]: 'DESK', scope: 'calls:read' },
      { authorizedGrantTypes: [urn('token-exchange')] },
    ],
    [
      'resource',
      { resources: 'https://api.test/calls', scope: 'calls:read' },
      { clientType: 'CONFIDENTIAL', resources: ['https://api.test/calls'], scope: ['calls:read'] },
    ],
  ])('makes a registration that lacks nothing: %s', async (kind, typed, expected) => {
    const named = typed[subjects] ? { ...typed, [subjects]: desk.clientId } : typed;
    const page = await register(kind, named);
    expect(page).toMatchObject({ status: 200, heading: `New ${kind} is registered` });
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.text).toContain(`${stage.publicUrl}/auth/v3/.well-known/openid-configuration`);
    const [id, secret] = givenIn(page);
    expect(await read(id)).toMatchObject(expected);
    expect(await read(id, '/diagnosis')).toMatchObject({ ok: true });
    expect(secret === undefined).toBe(expected['clientType'] === 'PUBLIC');
  });

  it('yields a web application and a page that sign people in', async () => {
    for (const kind of ['web', 'page']) {
      const [client_id, client_secret] = givenIn(await register(kind, signIn));
      const answer = await tokenFor({
        grant_type: 'authorization_code',
        code: await codeFor(client_id),
        redirect_uri: callback,
        code_verifier: verifier,
        client_id,
        ...(client_secret === undefined ? {} : { client_secret }),
      });
      expect(await answer.json()).toMatchObject({
        id_token: expect.any(String),
        refresh_token: expect.any(String),
      });
    }
  });

  it('yields a service that gets tokens, and an API that learns what they are worth', async () => {
    const [api, apiSecret = ''] = givenIn(
      await register('resource', { contactCenterIds: stage.contactCenterId, scope: 'calls:read' }),
    );
    const [client_id, client_secret = ''] = givenIn(
      await register('service', { contactCenterIds: stage.contactCenterId, scope: 'calls:read' }),
    );
    const answer = await tokenFor({ grant_type: 'client_credentials', client_id, client_secret });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const introspection = await person.request('/auth/v3/oauth/introspect', {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: api, client_secret: apiSecret }),
    });
    expect(await introspection.json()).toMatchObject({ active: true, client_id });
  });

  it('takes contact centres by tenant names, and refuses what is the name of none', async () => {
    const form = await person.open(`${wizard}/service`);
    expect(form.forms.at(-1)?.fields['scope']).toBe('');
    // Those of people are offered where people sign in.
    expect(form.html).not.toContain('name="scope.openid"');
    const wrong = await person.submit(form, `${wizard}/service`, {
      name: 'Named',
      scope: 'calls:read',
      contactCenterIds: 'demo\nDemo centre',
    });
    expect(wrong).toMatchObject({
      status: 400,
      fieldProblems: { contactCenterIds: 'No contact centre has the tenant name Demo centre.' },
    });
    const review = await person.submit(wrong, `${wizard}/service`, { 'contactCenterIds.Demo centre': '' });
    expect(review.text).toContain('Contact centres Demo');
  });

  it('allows a contact centre that does not exist yet, says so, and keeps what was typed beside a search', async () => {
    const later = randomUUID();
    const form = await person.open(`${wizard}/web`);
    const typed = { name: 'Early', scope: 'calls:read', contactCenterIds: later, redirectURIs: callback };
    const found = await person.submit(form, `${wizard}/web`, { ...typed, 'find.scope': 'role' });
    expect(found).toMatchObject({ status: 200, heading: 'Web application with a server' });
    expect(found.text).toContain(`${later} Nothing has this identifier yet.`);
    expect(found.text).toContain('Found for “role”: 1.');
    expect(found.forms.at(-1)?.fields).toMatchObject({ name: 'Early', 'scope.calls:read': 'true' });
    const review = await person.submit(found, `${wizard}/web`, { 'scope.roles': 'true' });
    const [clientId] = givenIn(await person.submit(review, `${wizard}/web/register`));
    expect(await read(clientId)).toMatchObject({
      scope: expect.arrayContaining(['calls:read', 'roles']),
      contactCenterIds: [later],
    });
  });

  it('says before the review which redirect URI is wrong, beside the field and in a list that leads to it', async () => {
    const typed = { client_id: 'wrong-address', redirectURIs: `${callback}\nhttps://*.app.test/` };
    const form = await person.open(`${wizard}/web`);
    const page = await person.submit(form, `${wizard}/web`, { name: 'New web', ...typed });
    expect([page.status, page.heading]).not.toContain('Is this right?');
    expect(page.html).toMatch(/id="message" tabindex="-1" autofocus/);
    expect(page.links).toContainEqual({ href: '#field-redirectURIs', text: 'Redirect URIs' });
    expect(page.html).toContain('id="field-redirectURIs"');
    expect(page.fieldProblems['redirectURIs']).toMatch(/^Line 2: /);
    expect(page.forms.at(-1)?.fields).toMatchObject({ name: 'New web', ...typed });
    expect((await person.open(`${path}/one/wrong-address`)).status).toBe(404);
  });

  it('keeps the answers when the person goes back from the review, and asks for a name', async () => {
    const form = await person.open(`${wizard}/device`);
    const nameless = await person.submit(form, `${wizard}/device`, { description: 'Desk phones' });
    expect(nameless.fieldProblems).toEqual({ name: 'Give the application a name.' });
    const review = await person.submit(nameless, `${wizard}/device`, { name: 'Phones' });
    const again = await person.submit(review, `${wizard}/device/register`, { back: 'true' });
    expect(again.forms.at(-1)?.fields).toMatchObject({ name: 'Phones', description: 'Desk phones' });
  });

  it('registers one client where the form is sent twice', async () => {
    const form = await person.open(`${wizard}/service`);
    const review = await person.submit(form, `${wizard}/service`, {
      name: 'Sent twice',
      scope: 'calls:read',
    });
    const [id] = givenIn(await person.submit(review, `${wizard}/service/register`));
    const second = await person.submit(review, `${wizard}/service/register`);
    expect(second).toMatchObject({ path: `${path}/one/${id}`, heading: 'Sent twice' });
    expect(second.message).toContain('the first of two forms');
    expect((await person.open(`${path}?search=Sent`)).rows).toHaveLength(1);
  });

  it('is no page for people who administer one contact centre', async () => {
    const administrator = await stage.contactCenterAdministrator();
    expect((await administrator.open(wizard)).status).toBe(403);
    expect((await administrator.open(`${wizard}/web`)).status).toBe(403);
  });
});
