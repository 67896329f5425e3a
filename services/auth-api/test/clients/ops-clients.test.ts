import { basicAuthorization } from '@gatehouse/contracts/http-client';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccessTokenStore } from '../../src/tokens/access-token-store.ts';
import { type AuthApi, ops, serviceClient, startAuthApi } from '../stack/auth-api.ts';
import {
  createClient,
  introspect,
  type OAuthAnswer,
  opsCall,
  passwordTokens,
  token,
} from '../stack/oauth.ts';

const path = '/auth/v3/ops/clients';
interface Envelope {
  status: { code: number; message?: string };
  data: Record<string, unknown>;
  errors?: { status: { field: string; message: string } }[];
}

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const create = (data: unknown, at = stack) => opsCall(at, 'POST', path, { data });
const envelope = (answer: OAuthAnswer) => answer.json<Envelope>();

describe('a client', () => {
  it('is created with defaults; a generated secret is shown once', async () => {
    const created = await create({ client_id: 'first', name: 'First' });

    expect(created.status).toBe(200);
    expect(created.headers['cache-control']).toBe('no-store');
    expect(envelope(created)).toEqual({
      status: { code: 0 },
      data: {
        client_id: 'first',
        name: 'First',
        description: '',
        clientType: 'CONFIDENTIAL',
        internalClient: false,
        authorities: [],
        scope: ['*'],
        authorizedGrantTypes: ['authorization_code', 'refresh_token'],
        redirectURIs: [],
        postLogoutRedirectURIs: [],
        accessTokenExpirationTimeout: 43_200,
        refreshTokenExpirationTimeout: 2_592_000,
        contactCenterIds: [],
        accessTokenFormat: 'opaque',
        accessTokenSignedResponseAlg: 'RS256',
        idTokenSignedResponseAlg: 'RS256',
        redirectMatching: 'exact',
        requirePkce: false,
        responseTypes: ['code'],
        requireConsent: false,
        tokenExchange: { subjectClients: [], audiences: [], delegation: false },
        jwtBearer: { issuers: [] },
        resources: [],
        frontchannelLogoutSessionRequired: false,
        backchannelLogoutSessionRequired: false,
        requirePushedAuthorizationRequests: false,
        requireSignedRequestObject: false,
        dpopBoundAccessTokens: false,
        tlsClientCertificateBoundAccessTokens: false,
        createdAt: expect.any(Number),
        updatedAt: expect.any(Number),
        client_secret: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
    const read = await opsCall(stack, 'GET', `${path}/first`);
    expect(read.body).not.toContain('secret"');
    expect(read.body).not.toContain(String(envelope(created).data['client_secret']));
  });

  it('is listed and read back', async () => {
    await createClient(stack, { client_id: 'listed' });

    const list = (await opsCall(stack, 'GET', path)).json<{ data: { client_id: string }[] }>();

    expect(list.data.map(({ client_id }) => client_id)).toContain('listed');
    expect(envelope(await opsCall(stack, 'GET', `${path}/listed`)).data['client_id']).toBe('listed');
    const missing = await opsCall(stack, 'GET', `${path}/nobody`);
    expect([missing.status, envelope(missing).status.code]).toEqual([404, 404]);
  });

  it('keeps its id to itself: a second one is a conflict, and so is the service client', async () => {
    await createClient(stack, { client_id: 'taken' });

    for (const client_id of ['taken', serviceClient.id]) {
      const answer = await create({ client_id });
      expect([answer.status, envelope(answer).status.code]).toEqual([409, 409]);
    }
  });

  it('is changed field by field: what is left out stays', async () => {
    await createClient(stack, { client_id: 'merged', scope: ['read'], contactCenterIds: ['a'] });

    const changed = await opsCall(stack, 'PUT', `${path}/merged`, {
      data: { redirectURIs: ['https://new.test/cb'] },
    });

    expect(envelope(changed).data).toMatchObject({
      redirectURIs: ['https://new.test/cb'],
      scope: ['read'],
      contactCenterIds: ['a'],
    });
  });

  it('keeps every change of concurrent writers', async () => {
    await createClient(stack, { client_id: 'contended' });
    const changes = [
      { name: 'Name' },
      { description: 'Text' },
      { requirePkce: true },
      { contactCenterIds: ['a'] },
    ];

    await Promise.all(changes.map((data) => opsCall(stack, 'PUT', `${path}/contended`, { data })));

    expect(envelope(await opsCall(stack, 'GET', `${path}/contended`)).data).toMatchObject(
      Object.assign({}, ...changes),
    );
  });

  it('shows the two urn: grants when it is internal (compat)', async () => {
    const answer = await create({
      client_id: 'internal',
      internalClient: true,
      authorizedGrantTypes: ['client_credentials'],
    });

    expect(envelope(answer).data['authorizedGrantTypes']).toEqual([
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ]);
  });

  it('is deleted with its tokens', async () => {
    const client = await createClient(stack);
    const { access_token, refresh_token } = await passwordTokens(stack, client);

    const answer = await opsCall(stack, 'DELETE', `${path}/${client.clientId}`);

    expect(envelope(answer)).toEqual({ status: { code: 0 } });
    expect((await token(stack, client, { grant_type: 'client_credentials' })).status).toBe(401);
    expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).status).toBe(401);
    const observer = await createClient(stack, { internalClient: true });
    expect(await introspect(stack, observer, access_token)).toEqual({ active: false });
    expect((await opsCall(stack, 'DELETE', `${path}/${client.clientId}`)).status).toBe(404);
  });

  it('stays deleted for its old tokens when the id is used again', async () => {
    const client = await createClient(stack, { client_id: 'phoenix' });
    const { access_token } = await passwordTokens(stack, client);
    await opsCall(stack, 'DELETE', `${path}/phoenix`);

    const again = await createClient(stack, { client_id: 'phoenix' });

    expect(await introspect(stack, again, access_token)).toEqual({ active: false });
    const fresh = await passwordTokens(stack, again);
    expect((await introspect(stack, again, fresh.access_token))['active']).toBe(true);
  });

  it('leaves a row in the audit trail for every change, in the same transaction', async () => {
    await createClient(stack, { client_id: 'audited' });
    await opsCall(stack, 'PUT', `${path}/audited`, { data: { name: 'New' } });
    await opsCall(stack, 'POST', `${path}/audited/rotate-secret`);
    await opsCall(stack, 'DELETE', `${path}/audited`);

    const { rows } = await stack.deps.pool.query<{ name: string }>(
      "SELECT name FROM auth.audit_events WHERE client_id = 'audited' ORDER BY at",
    );

    expect(rows.map(({ name }) => name)).toEqual([
      'client_created',
      'client_updated',
      'client_secret_rotated',
      'client_deleted',
    ]);
  });
});

describe('a secret', () => {
  const works = async (clientId: string, clientSecret: string) =>
    (await token(stack, { clientId, clientSecret, redirectUri: '' }, { grant_type: 'client_credentials' }))
      .status === 200;
  const grants = { authorizedGrantTypes: ['client_credentials'] };

  it('that the caller chose is stored as argon2id', async () => {
    await createClient(stack, { client_id: 'chosen', client_secret: 'a chosen secret', ...grants });

    const { rows } = await stack.deps.pool.query(
      "SELECT secrets::text FROM auth.clients WHERE client_id = 'chosen'",
    );
    expect(rows[0].secrets).toContain('$argon2id$');
    expect(await works('chosen', 'a chosen secret')).toBe(true);
    expect(await works('chosen', 'another secret')).toBe(false);
  });

  it('may be imported as a hash, but not one that is too costly to check', async () => {
    const hashed = await argon2('imported secret', { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await createClient(stack, { client_id: 'imported', client_secret: hashed, ...grants });
    const costly = await create({
      client_id: 'costly',
      client_secret: hashed.replace('m=4096', 'm=4194304'),
    });

    expect(await works('imported', 'imported secret')).toBe(true);
    expect(await works('imported', hashed)).toBe(false);
    expect(costly.status).toBe(400);
  });

  it('is rotated with a grace time for the former one', async () => {
    const client = await createClient(stack, grants);
    const before = client.clientSecret ?? '';

    const rotated = envelope(await opsCall(stack, 'POST', `${path}/${client.clientId}/rotate-secret`)).data;

    expect(await works(client.clientId, String(rotated['client_secret']))).toBe(true);
    expect(await works(client.clientId, before)).toBe(true);
    expect(Date.parse(String(rotated['formerSecretExpiresAt']))).toBeGreaterThan(Date.now() + 86_000_000);

    await opsCall(stack, 'POST', `${path}/${client.clientId}/rotate-secret`);
    expect(await works(client.clientId, before)).toBe(false);
  });

  it('is replaced at once by an update', async () => {
    const client = await createClient(stack, { client_secret: 'the first secret', ...grants });
    expect(await works(client.clientId, 'the first secret')).toBe(true);

    await opsCall(stack, 'PUT', `${path}/${client.clientId}`, {
      data: { client_secret: 'the second secret' },
    });

    expect(await works(client.clientId, 'the first secret')).toBe(false);
    expect(await works(client.clientId, 'the second secret')).toBe(true);
  });
});

describe('what is wrong is named', () => {
  it.each([
    [{ redirectURIs: ['javascript:alert(1)'] }, 'data.redirectURIs.0'],
    [{ redirectURIs: ['https://*.example.com'] }, 'data.redirectURIs.0'],
    [{ redirectURIs: ['https://a.test/#x'] }, 'data.redirectURIs.0'],
    [{ redirectURIs: 'https://a.test' }, 'data.redirectURIs'],
    [{ clientType: 'SECRET' }, 'data.clientType'],
    [{ scope: ['a b'] }, 'data.scope.0'],
    [{ scope: [] }, 'data.scope'],
    [{ authorizedGrantTypes: ['dance'] }, 'data.authorizedGrantTypes.0'],
    [{ accessTokenExpirationTimeout: 0 }, 'data.accessTokenExpirationTimeout'],
    [{ accessTokenExpirationTimeout: '60' }, 'data.accessTokenExpirationTimeout'],
    [{ accessTokenExpirationTimeout: 604_801 }, 'data.accessTokenExpirationTimeout'],
    [{ refreshTokenExpirationTimeout: 999_999_999 }, 'data.refreshTokenExpirationTimeout'],
    [{ client_id: 'a:b' }, 'data.client_id'],
    [{ client_secret: 'short' }, 'data.client_secret'],
    [{ client_secret: '{bcrypt}' }, 'data.client_secret'],
    [{ client_secret: '{bcrypt}$2b$10$cutshort' }, 'data.client_secret'],
    [{ client_secret: '$argon2i$v=19$m=4096,t=1,p=1$c2FsdA$aGFzaA' }, 'data.client_secret'],
    [{ clientType: 'PUBLIC', client_secret: 'long enough' }, 'data.client_secret'],
    [{ clientType: 'PUBLIC', authorizedGrantTypes: ['client_credentials'] }, 'data.authorizedGrantTypes'],
    [{ clientType: 'PUBLIC', internalClient: true }, 'data.internalClient'],
    [{ tokenEndpointAuthMethod: 'none' }, 'data.tokenEndpointAuthMethod'],
    [{ tokenEndpointAuthMethod: 'private_key_jwt' }, 'data.tokenEndpointAuthMethod'],
    [{ accessTokenFormat: 'paper' }, 'data.accessTokenFormat'],
    [{ jwks: { keys: [] } }, 'data.jwks.keys'],
    [{ tokenExchange: { delegation: 'yes' } }, 'data.tokenExchange.delegation'],
    [{ tokenExchange: { subjectClient: ['x'] } }, 'data.tokenExchange'],
  ])('%j → %s', async (data, field) => {
    const answer = await create({ client_id: `wrong-${Math.random()}`, ...data });

    expect(answer.status).toBe(400);
    expect(envelope(answer).status.code).not.toBe(0);
    expect(envelope(answer).errors?.map(({ status }) => status.field)).toContain(field);
  });

  it('accepts fields that it does not know (compat)', async () => {
    expect((await create({ client_id: 'lenient', somethingElse: true })).status).toBe(200);
  });

  it('says so when the client id of the body is another one, the body is no JSON or is missing', async () => {
    await createClient(stack, { client_id: 'fixed' });
    const other = await opsCall(stack, 'PUT', `${path}/fixed`, { data: { client_id: 'other' } });
    const bare = await opsCall(stack, 'POST', path, { client_id: 'bare' });
    const broken = await stack.app.inject({
      method: 'POST',
      url: path,
      headers: {
        authorization: basicAuthorization(ops.username, ops.password),
        'content-type': 'application/json',
      },
      payload: '{"data":',
    });

    expect([other.status, bare.status, broken.statusCode]).toEqual([400, 400, 400]);
  });
});

describe('who may administer', () => {
  it('is the operator by Basic', async () => {
    for (const authorization of [
      basicAuthorization(ops.username, 'wrong'),
      basicAuthorization('somebody', ops.password),
      'Basic !!!',
    ]) {
      const answer = await opsCall(stack, 'GET', path, undefined, authorization);
      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual({ error: 'Unauthorized', error_description: 'Bad credentials' });
      expect(answer.headers['www-authenticate']).toContain('Basic');
    }
    const nobody = await stack.app.inject({ url: path });
    expect([nobody.statusCode, nobody.json()]).toEqual([
      401,
      { error: 'Unauthorized', error_description: 'Bad credentials' },
    ]);
  });

  it('is a client with the management authority by its own token, and no user through it', async () => {
    const manager = await createClient(stack, { authorities: ['ROLE_MANAGEMENT_APPLICATION'] });
    const other = await createClient(stack);
    const tokenOf = async (client: typeof manager) =>
      (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
    const asBearer = async (text: string) =>
      (await opsCall(stack, 'GET', path, undefined, `Bearer ${text}`)).status;

    expect(await asBearer(await tokenOf(manager))).toBe(200);
    expect(await asBearer(await tokenOf(other))).toBe(403);
    expect(await asBearer((await passwordTokens(stack, manager)).access_token)).toBe(403);
    expect(await asBearer('made-up')).toBe(401);
  });

  it('is no user, even one who has the management authority', async () => {
    const nowMs = Date.now();
    const record = {
      clientId: 'any',
      grantType: 'password',
      scope: ['*'],
      audience: [],
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      contactCenterIds: [],
      internalClient: false,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
      authorizedAtMs: nowMs,
    };
    const { redis, keyspace, issuer } = stack.deps;
    const tokens = createAccessTokenStore(redis, keyspace, issuer, Date.now);
    await tokens.save('token-of-a-user', { ...record, sub: 'somebody' });
    await tokens.save('token-of-a-client', record);
    const status = async (text: string) =>
      (await opsCall(stack, 'GET', path, undefined, `Bearer ${text}`)).status;

    expect(await status('token-of-a-user')).toBe(403);
    expect(await status('token-of-a-client')).toBe(200);
  });

  it.each([
    ['argon2id', () => argon2(ops.password, { memoryCost: 4096, timeCost: 1, parallelism: 1 })],
    ['bcrypt', () => bcrypt(ops.password, { cost: 4 })],
  ])(
    'may have its password configured as %s; the hash itself is no password, and the log says so',
    async (_kind, make) => {
      const hashed = await make();
      const hardened = await startAuthApi({ beside: stack, env: { GATEHOUSE_OPS_PASSWORD: hashed } });
      try {
        const plain = await opsCall(hardened, 'GET', path);
        const sentHash = await opsCall(
          hardened,
          'GET',
          path,
          undefined,
          basicAuthorization(ops.username, hashed),
        );

        expect(plain.status).toBe(200);
        expect(sentHash.status).toBe(401);
        expect(hardened.logged()).toContain('sent the hash of the ops password');
        expect(hardened.logged()).not.toContain(hashed);
      } finally {
        await hardened.close();
      }
    },
  );
});

describe('the compat profile', () => {
  it('answers a creation with the secret under the name that estates copy it from, and matches by origin', async () => {
    const compat = await startAuthApi({ beside: stack, env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    try {
      const chosen = envelope(await create({ client_id: 'copied', client_secret: 'secret' }, compat)).data;
      const generated = envelope(await create({ client_id: 'made' }, compat)).data;

      expect(chosen).toMatchObject({ encrypted_client_secret: 'secret', redirectMatching: 'origin' });
      expect(chosen).not.toHaveProperty('client_secret');
      expect(generated['encrypted_client_secret']).toBe(generated['client_secret']);
      expect(envelope(await opsCall(compat, 'GET', `${path}/copied`)).data).not.toHaveProperty(
        'encrypted_client_secret',
      );
    } finally {
      await compat.close();
    }
  });
});

describe('changes reach other replicas', () => {
  it('within a second: secret, deletion, creation', async () => {
    const replica = await startAuthApi({ beside: stack });
    try {
      const client = await createClient(stack, {
        client_secret: 'the first secret',
        authorizedGrantTypes: ['client_credentials'],
      });
      const there = async (clientSecret: string) =>
        (await token(replica, { ...client, clientSecret }, { grant_type: 'client_credentials' })).status;
      expect(await there('the first secret')).toBe(200);

      await opsCall(stack, 'PUT', `${path}/${client.clientId}`, {
        data: { client_secret: 'the second secret' },
      });
      await expect.poll(() => there('the second secret'), { timeout: 1000 }).toBe(200);
      expect(await there('the first secret')).toBe(401);

      await opsCall(stack, 'DELETE', `${path}/${client.clientId}`);
      await expect.poll(() => there('the second secret'), { timeout: 1000 }).toBe(401);
    } finally {
      await replica.close();
    }
  });

  it('24: tokens that a replica gave to a client before it heard of the deletion end with the client', async () => {
    const aheadMs = 5_000;
    const replica = await startAuthApi({ beside: stack, now: () => Date.now() + aheadMs });
    try {
      const client = await createClient(stack);
      const observer = await createClient(stack, { internalClient: true });
      // Its clock is ahead: for the cut-off of the deletion this token comes afterwards.
      const late = (await token(replica, client, { grant_type: 'client_credentials' })).json().access_token;

      await opsCall(stack, 'DELETE', `${path}/${client.clientId}`);

      await expect
        .poll(() => introspect(stack, observer, late), { timeout: 2000 })
        .toEqual({ active: false });
    } finally {
      await replica.close();
    }
  });
});
