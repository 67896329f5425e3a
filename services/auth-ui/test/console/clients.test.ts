import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeClient, createClient, opsCall, type TestClient } from '../../../auth-api/test/stack/oauth.ts';
import type { Answer, Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

const path = '/auth/console/clients';
const one = ({ clientId }: Pick<TestClient, 'clientId'>) => `${path}/one/${clientId}`;
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

let stage: Stage;
let person: Person;
let desk: TestClient;
let own: TestClient;
beforeAll(async () => {
  stage = await startStage();
  const { authApi, contactCenterId } = stage;
  [person, desk, own] = await Promise.all([
    stage.installationAdministrator(),
    createClient(authApi, { name: 'Agent desktop', redirectURIs: ['https://desk.test/callback'] }),
    createClient(authApi, { name: 'Own dialler', contactCenterIds: [contactCenterId] }),
  ]);
});
afterAll(() => stage?.close());

describe('the list of clients', () => {
  it('finds by a part of a redirect URI, and says when nothing matches', async () => {
    const found = await person.open(`${path}?search=desk.test`);
    expect(found.rows).toEqual([
      expect.objectContaining({
        Client: `Agent desktop ${desk.clientId}`,
        Type: 'Confidential',
        'Contact centres': 'All',
        'Last use': 'Never',
      }),
    ]);
    expect((await person.open(`${path}?search=nowhere`)).text).toContain('Nothing matches your search.');
  });

  it('shows those that serve a contact centre, to which its page leads', async () => {
    const center = await person.open(`/auth/console/contact-centers/${stage.contactCenterId}`);
    const link = center.links.find(({ text }) => text === 'Clients that serve it');
    const list = await person.open(link?.href ?? '');
    expect(list.rows.map(({ Client }) => Client)).toContain(`Own dialler ${own.clientId}`);
    expect(list.text).toContain('Clients that serve the contact centre Demo.');
    // A search stays among them.
    const search = list.forms.find(({ method }) => method === 'get');
    expect(search?.fields).toMatchObject({ search: '', contactCenterId: stage.contactCenterId });
  });

  it('leads on to the next page, and back to the first one', async () => {
    const { authApi } = stage;
    // One after the other: at once the last ones would wait too long for a connection on a busy machine.
    for (let index = 0; index < 51; index += 1) await createClient(authApi, { name: `Paged ${index}` });
    const first = await person.open(`${path}?search=Paged`);
    expect(first.rows).toHaveLength(50);
    const next = first.links.find(({ text }) => text === 'Next page')?.href.replace(/&amp;/g, '&') ?? '';
    const second = await person.open(next);
    expect(second.rows).toHaveLength(1);
    expect(second.links.map(({ text }) => text)).toContain('First page');
    expect([first.text, second.text]).toEqual([
      expect.stringContaining('Rows 1–50 of 51'),
      expect.stringContaining('Rows 51–51 of 51'),
    ]);
    expect(second.text).toContain('Searched: Paged Show all');
    // The head of the table sorts, turns the order round, and goes back.
    const sorted = await follow(first, 'Client');
    expect(sorted.html).toContain('aria-sort="ascending"');
    expect(sorted.rows.slice(0, 2).map(({ Client }) => Client?.slice(0, 8))).toEqual([
      'Paged 0 ',
      'Paged 1 ',
    ]);
    const reversed = await follow(sorted, 'Client');
    expect(reversed.html).toContain('aria-sort="descending"');
    expect(reversed.rows[0]?.['Client']).toMatch(/^Paged 9 /);
    expect((await follow(await follow(reversed, 'Next page'), 'First page')).html).toContain('descending');
    expect((await follow(reversed, 'Client')).html).not.toContain('aria-sort');
  });
});

describe('the pages about a client', () => {
  it('show what it is, and every field with the command that changes it', async () => {
    const overview = await person.open(one(desk));
    expect(overview).toMatchObject({ heading: 'Agent desktop', status: 200 });
    expect(overview.text).toContain('https://desk.test/callback');
    expect(overview.text).toContain('Not used yet');
    const fields = await person.open(`${one(desk)}/fields`);
    expect(fields.text).toContain(`gatehouse clients update ${desk.clientId} --file client.json`);
    expect(fields.text).toContain('"redirectMatching"');
    expect(fields.html).not.toContain(desk.clientSecret);
  });

  it('say what the registration lacks, and why requests were refused', async () => {
    const lacking = await createClient(stage.authApi, { name: 'Lacking', redirectURIs: [] });
    await person.request('/auth/v3/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: lacking.clientId,
        client_secret: 'wrong',
      }),
    });
    const german = await person.open(`${one(lacking)}/diagnosis?language=de`);
    expect(german.rows.map(Object.values).join()).not.toMatch(/\b(the|has|its|set)\b/i);
    const page = await person.open(`${one(lacking)}/diagnosis?language=en`);
    expect(page.rows[0]).toMatchObject({ Checked: 'Redirect URIs', Result: 'Wrong' });
    expect(page.text).toContain('set redirectURIs');
    const { text, links } = await person.open(`${one(lacking)}/diagnosis`);
    for (const told of [
      'The secret is wrong or has expired',
      'wrong_secret · Once in seven days',
      'client_secret=…',
    ])
      expect(text).toContain(told);
    const request = links.find(({ href }) => href.startsWith('/auth/console/audit/requests/'));
    const shown = (await person.open(request?.href ?? '')).text;
    for (const told of ['Lacking', lacking.clientId, 'wrong_secret', 'client_secret=…'])
      expect(shown).toContain(told);
    expect((await person.open(`${one(own)}/diagnosis`)).text).toContain('The client serves Demo');
  });

  it('draw who exchanges whose tokens, and say the same in a table', async () => {
    const gateway = await createClient(stage.authApi, {
      name: 'Gateway',
      authorizedGrantTypes: [exchange],
      tokenExchange: { subjectClients: [desk.clientId], audiences: [own.clientId] },
    });
    const page = await person.open(`${one(gateway)}/exchanges`);
    expect(page.rows).toEqual([
      expect.objectContaining({
        'Who exchanges': 'Gateway',
        'Whose tokens': 'Agent desktop',
        'For whom': 'Gateway, Own dialler',
      }),
    ]);
    const [, drawn = ''] = /<svg class="graph"(.*?)<\/svg>/s.exec(page.html) ?? [];
    expect(drawn.match(/<rect/g)).toHaveLength(4);
    expect(drawn.match(/class="graph-line"/g)).toHaveLength(3);
  });

  it('are not found for a client that does not exist', async () => {
    expect((await person.open(`${path}/one/no-such-client`)).status).toBe(404);
  });
});

describe('the form that changes a client', () => {
  it('saves what was typed, and keeps what it does not show', async () => {
    const client = await createClient(stage.authApi, {
      name: 'Changed',
      authorizedGrantTypes: [exchange],
      tokenExchange: { subjectClients: [desk.clientId], audiences: [], idTokens: true },
      requirePushedAuthorizationRequests: true,
    });
    const form = await person.open(`${one(client)}/edit`);
    const saved = await person.submit(form, `${one(client)}/edit`, {
      name: 'Changed twice',
      'scope.*': '',
      'scope.openid': 'true',
      scope: 'calls:read',
      'authorizedGrantTypes.client_credentials': 'true',
      'tokenExchange.audiences': own.clientId,
    });
    expect(saved).toMatchObject({ path: one(client), message: 'Changed twice is changed' });
    expect(await registrationOf(client.clientId)).toMatchObject({
      name: 'Changed twice',
      scope: ['openid', 'calls:read'],
      authorizedGrantTypes: ['client_credentials', exchange],
      tokenExchange: { subjectClients: [desk.clientId], audiences: [own.clientId], idTokens: true },
      requirePushedAuthorizationRequests: true,
    });
  });

  it('folds groups that hold what a new client has, and opens one where a field is refused', async () => {
    const groups = ({ html }: Answer) =>
      Object.fromEntries(
        [...html.matchAll(/<details class="entry-section"( open)?>.*?fold-title">(.*?)</gs)].map(
          ([, open, title = '']) => [title, open !== undefined],
        ),
      );
    const form = await person.open(`${one(desk)}/edit`);
    expect(groups(form)).toMatchObject({ Protection: false, Appearance: false, Tokens: true });
    const refused = await person.submit(form, `${one(desk)}/edit`, { clientUri: 'http://desk.test/' });
    expect(groups(refused)).toMatchObject({ Protection: false, Appearance: true });
    const unreadable = await person.submit(form, `${one(desk)}/edit`, { jwks: '{"keys": [' });
    expect(unreadable.fieldProblems).toEqual({ jwks: expect.stringMatching(/^This is no JSON: /) });
    expect(groups(unreadable)).toMatchObject({ Protection: true });
  });

  it('stores what was typed into any kind of field, takes it away again, and sends nothing else', async () => {
    const client = await createClient(stage.authApi, { name: 'Every kind' });
    const before = await registrationOf(client.clientId);
    const change = async (typed: Record<string, string>) =>
      person.submit(await person.open(`${one(client)}/edit`), `${one(client)}/edit`, typed);
    const details = [{ type: 'call', actions: ['listen'] }];
    await change({
      defaultMaxAgeSeconds: '600',
      basicAuthorize: 'false',
      'membershipClaims.roles': 'true',
      detailTypes: JSON.stringify(details),
      clientUri: 'https://desk.test/',
      userinfoSignedResponseAlg: 'ES256',
    });
    const { updatedAt: _then, ...changed } = await registrationOf(client.clientId);
    const { updatedAt: _before, ...kept } = before;
    expect(changed).toEqual({
      ...kept,
      defaultMaxAgeSeconds: 600,
      basicAuthorize: false,
      membershipClaims: ['roles'],
      detailTypes: details,
      clientUri: 'https://desk.test/',
      userinfoSignedResponseAlg: 'ES256',
    });
    await change({
      defaultMaxAgeSeconds: '',
      basicAuthorize: '',
      'membershipClaims.roles': '',
      detailTypes: '',
      clientUri: '',
      userinfoSignedResponseAlg: '',
    });
    const { updatedAt: _now, ...after } = await registrationOf(client.clientId);
    expect(after).toEqual(kept);
  });

  it('takes contact centres by tenant names and identifiers, and refuses what is neither', async () => {
    const { clientId } = await createClient(stage.authApi, { name: 'Named' });
    const send = async (contactCenterIds: string, boxes: Record<string, string> = {}) =>
      person.submit(await person.open(`${path}/one/${clientId}/edit`), `${path}/one/${clientId}/edit`, {
        ...boxes,
        contactCenterIds,
      });
    const stored = async () => (await registrationOf(clientId))['contactCenterIds'];
    const wrong = await send('Demo centre');
    expect(wrong.fieldProblems).toEqual({
      contactCenterIds: 'No contact centre has the tenant name Demo centre.',
    });
    expect(await stored()).toEqual([]);
    await send(`demo\n${stage.contactCenterId}`);
    expect(await stored()).toEqual([stage.contactCenterId]);
    await send('', { [`contactCenterIds.${stage.contactCenterId}`]: '' });
    expect(await stored()).toEqual([]);
  });

  it('says which redirect URI is wrong beside the field, and keeps what was typed', async () => {
    const form = await person.open(`${one(desk)}/edit`);
    const typed = 'https://desk.test/callback\nhttps://*.desk.test/callback';
    const page = await person.submit(form, `${one(desk)}/edit`, { redirectURIs: typed, 'scope.*': '' });
    expect(page.status).toBe(400);
    expect(page.fieldProblems['redirectURIs']).toMatch(/^Line 2: /);
    expect(page.fieldProblems['scope']).toBe('At least 1 must be chosen or typed.');
    expect(page.forms.at(-1)?.fields).toMatchObject({ redirectURIs: typed });
    expect((await registrationOf(desk.clientId))['redirectURIs']).toEqual(['https://desk.test/callback']);
  });

  it('shows a comparison where somebody else was faster, and overwrites nothing before it is asked to', async () => {
    const client = await createClient(stage.authApi, { name: 'Contended' });
    const form = await person.open(`${one(client)}/edit`);
    await changeClient(stage.authApi, client, { name: 'By a colleague' });
    const comparison = await person.submit(form, `${one(client)}/edit`, { name: 'By me' });
    expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
    expect(comparison.text).toContain('By a colleague');
    expect((await registrationOf(client.clientId))['name']).toBe('By a colleague');
    await person.submit(comparison, `${one(client)}/edit`);
    expect((await registrationOf(client.clientId))['name']).toBe('By me');
  });
});

describe('the secret of a client', () => {
  const tokenWith = async (client_id: string, client_secret: string) =>
    (
      await person.request('/auth/v3/oauth/token', {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
      })
    ).status;

  it('is shown once, and the former one works on for the time that was chosen', async () => {
    const client = await createClient(stage.authApi, { name: 'Rotated' });
    const question = await person.open(`${one(client)}/secret`);
    const typed = { graceSeconds: '3600' };
    const shown = await person.submit(question, `${one(client)}/secret`, typed);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    const secret = onceIn(shown)[1] ?? '';
    expect(await tokenWith(client.clientId, secret)).toBe(200);
    expect(await tokenWith(client.clientId, client.clientSecret ?? '')).toBe(200);
    // Sent twice: the second form must not end the secret that was shown.
    const again = await person.submit(question, `${one(client)}/secret`, typed);
    expect(again.status).toBe(412);
    expect(again.html).not.toContain(secret);
    expect(await tokenWith(client.clientId, secret)).toBe(200);
  });

  it('is none of a public client', async () => {
    const client = await createClient(stage.authApi, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code'],
    });
    const page = await person.open(`${one(client)}/secret`);
    expect(page.text).toContain('it has no secret, because it could not keep one');
  });
});

it('deletes a client after a question that says what ends', async () => {
  const client = await createClient(stage.authApi, { name: 'Leaving' });
  await createClient(stage.authApi, {
    name: 'Relay',
    authorizedGrantTypes: [exchange],
    tokenExchange: { subjectClients: [client.clientId], audiences: [desk.clientId] },
  });
  const question = await person.open(`${one(client)}/delete`);
  expect(question).toMatchObject({ heading: 'Delete Leaving?' });
  expect(question.text).toContain('All its tokens end within a second');
  for (const words of [
    'Sessions that go on without it None',
    'Consents of people None',
    'Secret and keys its secret',
    'Clients that exchange its tokens Relay',
    'Clients that get tokens for it None',
  ])
    expect(question.text).toContain(words);
  const deleted = await person.submit(question, `${one(client)}/delete`);
  expect(deleted).toMatchObject({ path, message: `${client.clientId} is deleted Undo` });
  expect((await person.open(one(client))).status).toBe(404);
});

async function follow(page: Answer, words: string): Promise<Answer> {
  const href = page.links.find(({ text }) => text === words)?.href ?? '';
  return person.open(href.replace(/&amp;/g, '&'));
}

async function registrationOf(clientId: string): Promise<Record<string, unknown>> {
  const answer = await opsCall(stage.authApi, 'GET', `/auth/v3/ops/clients/${clientId}`);
  return answer.json<{ data: Record<string, unknown> }>().data;
}

/** Values that no page shows again. */
function onceIn({ html }: Answer): string[] {
  return [...html.matchAll(/<p class="once-value"><code>(.*?)<\/code>/g)].map(([, value = '']) => value);
}

describe('people who administer one contact centre', () => {
  it('see the clients of exactly their contact centre, and no link to a change', async () => {
    const administrator = await stage.contactCenterAdministrator();
    const list = await administrator.open(path);
    expect(list.rows.map(({ Client }) => Client)).toEqual([`Own dialler ${own.clientId}`]);
    expect(list.links.map(({ text }) => text)).not.toContain('Register a client');
    const page = await administrator.open(one(own));
    expect(page.status).toBe(200);
    const texts = page.links.map(({ text }) => text);
    expect(page.links.map(({ href }) => href)).toContain(
      `/auth/console/contact-centers/${stage.contactCenterId}`,
    );
    expect(texts).toContain('Diagnosis');
    for (const change of ['Change', 'Secret', 'Delete']) expect(texts).not.toContain(change);
    expect((await administrator.open(`${one(own)}/diagnosis`)).status).toBe(200);
    expect((await administrator.open(one(desk))).status).toBe(404);
    for (const change of ['edit', 'secret', 'delete'])
      expect((await administrator.open(`${one(own)}/${change}`)).status).toBe(403);
  });

  it('are no plain people', async () => {
    const agent = stage.newPerson();
    expect((await agent.openAs(path, people.agent)).status).toBe(403);
  });
});
