import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, otherContactCenterId, serviceClient, startAuthApi } from '../stack/auth-api.ts';
import {
  createClient,
  introspect,
  passwordTokens,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
  client = await createClient(stack, { client_secret: 's3cret+with%chars:and more' });
});
afterAll(() => stack?.close());

describe('client credentials', () => {
  it('give a UUID in the compat profile, and no refresh token', async () => {
    const answer = await token(stack, client, { grant_type: 'client_credentials' });

    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      access_token: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      token_type: 'bearer',
      expires_in: 43_200,
      scope: '*',
    });
  });

  it('are narrowed to the scope that is asked for, within the registration', async () => {
    const narrow = await createClient(stack, { scope: ['read', 'write'] });

    const one = await token(stack, narrow, { grant_type: 'client_credentials', scope: 'read' });
    const all = await token(stack, narrow, { grant_type: 'client_credentials' });
    const more = await token(stack, narrow, { grant_type: 'client_credentials', scope: 'read admin' });
    const malformed = await token(stack, narrow, { grant_type: 'client_credentials', scope: 'a"b' });

    expect(one.json().scope).toBe('read');
    expect(all.json().scope).toBe('read write');
    expect([more.status, more.json().error]).toEqual([400, 'invalid_scope']);
    expect([malformed.status, malformed.json().error]).toEqual([400, 'invalid_scope']);
  });

  it('are given to the configured service client, with its authorities', async () => {
    const services = { clientId: serviceClient.id, clientSecret: serviceClient.secret, redirectUri: '' };

    const answer = await token(stack, services, { grant_type: 'client_credentials' });

    expect(await introspect(stack, services, answer.json().access_token)).toMatchObject({
      internal_client: true,
      authorities: ['ROLE_SERVICE', 'ROLE_MANAGEMENT_APPLICATION'],
    });
  });
});

describe('client authentication', () => {
  const form = { grant_type: 'client_credentials' };
  const secret = 's3cret+with%chars:and more';
  const send = (fields: Record<string, string>, authorization?: string) =>
    postForm(stack, 'token', fields, undefined, authorization === undefined ? {} : { authorization });

  it('takes Basic raw and form-encoded, the scheme in any case, with or without client_id in the form', async () => {
    const raw = Buffer.from(`${client.clientId}:${secret}`).toString('base64');

    expect((await send(form, `Basic ${raw}`)).status).toBe(200);
    expect((await send(form, `bAsIc ${raw}`)).status).toBe(200);
    expect((await send(form, basicAuthorization(client.clientId, secret))).status).toBe(200);
    const encoded = Buffer.from(`${client.clientId}:${encodeURIComponent(secret)}`).toString('base64');
    expect((await send(form, `Basic ${encoded}`)).status).toBe(200);
    expect((await send({ ...form, client_id: client.clientId }, `Basic ${raw}`)).status).toBe(200);
  });

  it('a form-encoded secret that its client chose costs no attempt, at any number of requests', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 25; index += 1)
      statuses.push((await send(form, basicAuthorization(client.clientId, secret))).status);
    expect(statuses).toEqual(Array(25).fill(200));
  });

  it('takes the secret in the form', async () => {
    const answer = await send({ ...form, client_id: client.clientId, client_secret: secret });
    expect(answer.status).toBe(200);
  });

  // attack: client ids told from the answer to a wrong secret | ASVS 6.3.8 | guard: services/auth-api/src/oauth/client-authentication/client-authentication.ts
  it('answers a wrong secret and an unknown client alike', async () => {
    const answers = await Promise.all([
      send(form, basicAuthorization(client.clientId, 'wrong')),
      send(form, basicAuthorization('nobody', 'wrong')),
      send({ ...form, client_id: client.clientId, client_secret: 'wrong' }),
      send({ ...form, client_id: 'nobody', client_secret: 'wrong' }),
    ]);
    const unproved = await Promise.all([
      send({ ...form, client_id: client.clientId }),
      send({ ...form, client_id: 'nobody' }),
    ]);

    for (const answer of [...answers, ...unproved]) {
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Basic');
    }
    const error = 'invalid_client';
    expect(answers.map((answer) => answer.json())).toEqual(
      Array(4).fill({ error, error_description: 'Client authentication failed' }),
    );
    expect(unproved.map((answer) => answer.json())).toEqual(
      Array(2).fill({ error, error_description: expect.stringContaining('proves nothing') }),
    );
  });

  // attack: weaker client authentication than registered | ASVS 10.4.16 | guard: services/auth-api/src/oauth/client-authentication/client-authentication.ts
  it('holds a client to the method it registered', async () => {
    const strict = await createClient(stack, { tokenEndpointAuthMethod: 'client_secret_post' });

    const basic = await token(stack, strict, form);
    const post = await send({
      ...form,
      client_id: strict.clientId,
      client_secret: strict.clientSecret ?? '',
    });

    expect([basic.status, basic.json().error]).toEqual([401, 'invalid_client']);
    expect(post.status).toBe(200);
  });

  it('accepts imported bcrypt hashes', async () => {
    const { hash } = await import('@node-rs/bcrypt');
    const imported = await createClient(stack, {
      client_secret: `{bcrypt}${await hash('old secret', { cost: 4 })}`,
    });

    const answer = await token(stack, { ...imported, clientSecret: 'old secret' }, form);

    expect(answer.status).toBe(200);
  });
});

describe('the token endpoint', () => {
  it('says what is wrong with grant_type', async () => {
    const none = await token(stack, client, {});
    const unknown = await token(stack, client, { grant_type: 'dance' });
    const unlisted = await createClient(stack, { authorizedGrantTypes: ['client_credentials'] });
    const forbidden = await token(stack, unlisted, { grant_type: 'password', username: 'a', password: 'b' });

    expect([none.status, none.json().error]).toEqual([400, 'invalid_request']);
    expect([unknown.status, unknown.json().error]).toEqual([400, 'unsupported_grant_type']);
    expect([forbidden.status, forbidden.json().error]).toEqual([400, 'unauthorized_client']);
  });

  it('ignores session cookies and x-api-key, and takes any order and a charset', async () => {
    const answer = await postForm(
      stack,
      'token',
      [
        ['scope', '*'],
        ['grant_type', 'client_credentials'],
      ],
      client,
      {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        cookie: '__Host-gatehouse-session=stale',
        'x-api-key': 'anything',
      },
    );
    expect(answer.status).toBe(200);
  });

  it('answers 413 to a body over the limit, in the form of the RFC', async () => {
    const answer = await postForm(stack, 'token', { grant_type: 'x'.repeat(70_000) }, client);

    expect(answer.status).toBe(413);
    expect(answer.json().error).toBe('invalid_request');
  });
});

describe('the password grant', () => {
  it('takes tenant and user in one name or apart', async () => {
    const apart = await passwordTokens(stack, client, { username: 'agent', tenant: 'demo' });

    expect((await introspect(stack, client, apart.access_token))['username']).toBe('demo\\agent');
    expect((await passwordTokens(stack, client)).refresh_token).toBeTruthy();
  });

  it('answers a wrong password and an unknown user alike', async () => {
    const attempt = (username: string) =>
      token(stack, client, { grant_type: 'password', username, password: 'wrong' });

    const [wrong, unknown, nowhere] = await Promise.all([
      attempt('demo\\agent'),
      attempt('demo\\nobody'),
      attempt('nowhere\\agent'),
    ]);

    expect([wrong.status, wrong.json().error]).toEqual([400, 'invalid_grant']);
    expect(unknown.body).toBe(wrong.body);
    expect(nowhere.body).toBe(wrong.body);
  });

  it('asks for what is missing', async () => {
    const answer = await token(stack, client, { grant_type: 'password', username: 'demo\\agent' });
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_request']);
  });

  // attack: password grant for a person of another contact centre | ASVS 8.4.1 | guard: services/auth-api/src/people/accounts/account.ts
  it('refuses users of contact centres that the client is not registered for', async () => {
    const elsewhere = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
    const answer = await token(stack, elsewhere, {
      grant_type: 'password',
      username: 'demo\\agent',
      password: 'demo-agent-password',
    });
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_grant']);
  });
});
