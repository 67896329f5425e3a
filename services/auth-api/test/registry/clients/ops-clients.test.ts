import { describe, expect, it } from 'vitest';
import { contactCenterId, serviceClient, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, introspect, opsCall, passwordTokens, token } from '../../stack/oauth.ts';
import { create, envelope, path, stack, startAdministration } from './administration.ts';

startAdministration();

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
        accessTokenTyp: 'at+jwt',
        shortExchangedTokens: true,
        accessTokenSignedResponseAlg: 'RS256',
        idTokenSignedResponseAlg: 'RS256',
        membershipClaims: [],
        redirectMatching: 'exact',
        requirePkce: true,
        responseTypes: ['code'],
        requireConsent: false,
        tokenExchange: { subjectClients: [], audiences: [], delegation: false },
        jwtBearer: { issuers: [] },
        samlBearer: { issuers: [] },
        resources: [],
        openResources: false,
        audiences: [],
        detailTypes: [],
        authorizationDetailsTypes: [],
        frontchannelLogoutSessionRequired: false,
        backchannelLogoutSessionRequired: false,
        backchannelUserCodeParameter: false,
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

  it('may name a contact centre that does not exist yet, and is answered with a warning', async () => {
    const contactCenterIds = ['5e1f0000-0000-4000-8000-00000000000a'.toUpperCase(), contactCenterId];
    type Warned = { data?: Record<string, unknown>; warnings?: object[] };
    const warned = async (answer: ReturnType<typeof create>) => (await answer).json<Warned>();
    const created = await warned(create({ client_id: 'early', contactCenterIds }));
    const warning = {
      field: 'data.contactCenterIds.0',
      value: '5e1f0000-0000-4000-8000-00000000000a',
      message: expect.stringContaining('There is no contact centre'),
      sentences: [
        { key: 'warning.contactCenter.unknown', parameters: { id: '5e1f0000-0000-4000-8000-00000000000a' } },
      ],
    };
    expect([created.data?.['contactCenterIds'], created.warnings]).toEqual([
      ['5e1f0000-0000-4000-8000-00000000000a', contactCenterId],
      [warning],
    ]);
    const change = (data: object) => opsCall(stack, 'PUT', `${path}/early`, { data });
    expect((await warned(change({ name: 'Early' }))).warnings).toBeUndefined();
    expect((await warned(change({ contactCenterIds }))).warnings).toEqual([warning]);
  });

  it('is checked without being stored', async () => {
    const tried = (data: object) => opsCall(stack, 'POST', `${path}/dry-run`, { data });
    expect(
      (
        await tried({ client_id: 'only-tried', contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'] })
      ).json(),
    ).toEqual({
      status: { code: 0 },
      warnings: [expect.objectContaining({ field: 'data.contactCenterIds.0' })],
    });
    expect((await opsCall(stack, 'GET', `${path}/only-tried`)).status).toBe(404);
    await createClient(stack, { client_id: 'there' });
    expect((await tried({ client_id: 'there' })).status).toBe(409);
    expect((await tried({ redirectURIs: ['https://*.app.test/'] })).status).toBe(400);
  });

  it('is changed field by field: what is left out stays', async () => {
    await createClient(stack, {
      client_id: 'merged',
      scope: ['read'],
      contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'],
    });

    const changed = await opsCall(stack, 'PUT', `${path}/merged`, {
      data: { redirectURIs: ['https://new.test/cb'] },
    });

    expect(envelope(changed).data).toMatchObject({
      redirectURIs: ['https://new.test/cb'],
      scope: ['read'],
      contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'],
    });
  });

  it('keeps every change of concurrent writers', async () => {
    await createClient(stack, { client_id: 'contended' });
    const changes = [
      { name: 'Name' },
      { description: 'Text' },
      { requirePkce: true },
      { contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'] },
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
    const kept = await opsCall(stack, 'GET', '/auth/v3/ops/deleted-clients?search=audited');
    const [{ id = '' } = {}] = kept.json<{ data: { id: string }[] }>().data;
    await opsCall(stack, 'POST', `/auth/v3/ops/deleted-clients/${id}/restore`, { data: {} });

    const { rows } = await stack.deps.stores.pool.query<{ name: string }>(
      "SELECT name FROM auth.audit_events WHERE client_id = 'audited' ORDER BY at",
    );

    expect(rows.map(({ name }) => name)).toEqual([
      'client_created',
      'client_updated',
      'client_secret_rotated',
      'client_deleted',
      'client_restored',
    ]);
  });
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
  // A copy is used for a minute without an announcement.
  it('by an announcement, long before a copy is too old: secret, deletion, creation', async () => {
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
      await expect.poll(() => there('the second secret'), { timeout: 10_000 }).toBe(200);
      expect(await there('the first secret')).toBe(401);

      await opsCall(stack, 'DELETE', `${path}/${client.clientId}`);
      await expect.poll(() => there('the second secret'), { timeout: 10_000 }).toBe(401);
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
        .poll(() => introspect(stack, observer, late), { timeout: 10_000 })
        .toEqual({ active: false });
    } finally {
      await replica.close();
    }
  });
});
