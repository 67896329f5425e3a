/** The command line against a whole Auth API that listens. */
import { fileURLToPath } from 'node:url';
import { type CommandSurroundings, runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { operatorEnvironment } from '../stack/command-line.ts';
import { token } from '../stack/oauth.ts';

const estate = fileURLToPath(new URL('../../../../docs/examples/estate-clients.yaml', import.meta.url));

let stack: AuthApi;
let env: Record<string, string>;
beforeAll(async () => {
  stack = await startAuthApi();
  env = await operatorEnvironment(stack);
});
afterAll(() => stack?.close());

const run = (args: readonly string[], surroundings: CommandSurroundings = {}) =>
  runCommand(['clients', ...args], { ...surroundings, env });
const json = async (...args: string[]) => JSON.parse((await run([...args, '--json'])).out);
const works = async (clientId: string, clientSecret: string) =>
  (await token(stack, { clientId, clientSecret, redirectUri: '' }, { grant_type: 'client_credentials' }))
    .status === 200;

describe('gatehouse clients', () => {
  it('creates a client, hands its secret to a script, rotates it and deletes the client', async () => {
    const created = await run(['create', '--id', 'scripted', '--grants', 'client_credentials']);
    const secret = created.out.trim();
    expect(created.error).toContain('Client scripted is created');
    expect(await works('scripted', secret)).toBe(true);

    const rotated = await run(['rotate-secret', 'scripted', '--grace-seconds', '0']);
    expect([await works('scripted', secret), await works('scripted', rotated.out.trim())]).toEqual([
      false,
      true,
    ]);

    await run(['create', '--id', 'relay', '-f', '-'], {
      input: '{"data":{"tokenExchange":{"subjectClients":["scripted"],"audiences":[],"delegation":false}}}',
    });
    expect(await json('ends', 'scripted')).toMatchObject({
      ends: { people: 0, client: { sessions: 0, consents: 0 } },
      keys: 0,
      exchanges: { subjectOf: ['relay'], audienceOf: [], isCut: false },
    });
    expect((await run(['ends', 'scripted'])).out).toMatch(/rights to exchange its tokens\s+relay/);
    expect(await run(['delete', 'scripted'])).toMatchObject({ exitCode: 2, out: '' });
    expect((await run(['delete', 'scripted', '--yes'])).out).toBe('Client scripted is deleted.\n');
    expect((await run(['show', 'scripted'])).exitCode).toBe(4);

    const { rows } = await stack.deps.core.pool.query('SELECT id FROM auth.deleted_clients');
    const restored = await runCommand(['deleted', 'restore', rows[0].id], { env });
    expect(restored.error).toContain('Client scripted is restored');
    expect(await works('scripted', restored.out.trim())).toBe(true);
  });

  it('says by a dry run what would be refused, and stores nothing', async () => {
    const at = ['create', '--id', 'planned', '--dry-run'];
    expect(await run(at)).toMatchObject({
      exitCode: 0,
      out: 'Nothing would be refused. Nothing is stored.\n',
    });
    expect((await run(['show', 'planned'])).exitCode).toBe(4);
    const wrong = await run([...at, '--contact-centers', 'Acme Nord', '--scope', 'openid,,profile']);
    expect(wrong).toMatchObject({
      exitCode: 5,
      error: expect.stringContaining('must be the id of a contact centre'),
    });
    await run(['create', '--id', 'planned']);
    expect(await run(at)).toMatchObject({ exitCode: 5, error: expect.stringContaining('is taken') });
  });

  it('changes what is given, and takes the rest from a file', async () => {
    await run(['create', '--id', 'changed', '--redirect-uris', 'https://a.test/cb, https://b.test/cb']);

    const answer = await run(
      ['update', 'changed', '--contact-centers', '5e1f0000-0000-4000-8000-00000000000a', '-f', '-'],
      {
        input: '{"data":{"accessTokenFormat":"jwt"}}',
      },
    );

    expect(answer).toMatchObject({
      out: 'Client changed is changed.\n',
      error: expect.stringContaining('There is no contact centre 5e1f0000'),
    });
    expect(await json('show', 'changed')).toMatchObject({
      redirectURIs: ['https://a.test/cb', 'https://b.test/cb'],
      contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'],
      accessTokenFormat: 'jwt',
    });
    const wrong = await run(['update', 'changed', '--client-type', 'SECRET']);
    expect([wrong.exitCode, wrong.error]).toEqual([5, expect.stringContaining('clientType')]);
    expect((await run(['update', 'changed'])).exitCode).toBe(2);
  });

  it('takes every field that a person can type, as the description of clients says', async () => {
    await run([
      'create',
      '--id',
      'typed',
      '--redirect-uris',
      'https://a.test/cb',
      '--require-consent',
      'true',
    ]);
    const options = {
      '--access-token-expiration-timeout': '600',
      '--id-token-signed-response-alg': 'ES256',
      '--token-exchange-subject-clients': 'typed, other',
    };
    expect((await run(['update', 'typed', ...Object.entries(options).flat()])).exitCode).toBe(0);
    expect(await json('show', 'typed')).toMatchObject({
      requireConsent: true,
      accessTokenExpirationTimeout: 600,
      idTokenSignedResponseAlg: 'ES256',
      tokenExchange: { subjectClients: ['typed', 'other'] },
    });
    const wrong = await run(['update', 'typed', '--access-token-expiration-timeout', 'long']);
    expect([wrong.exitCode, wrong.error]).toEqual([
      5,
      expect.stringContaining('accessTokenExpirationTimeout'),
    ]);
    expect((await run(['update', 'typed', '--client-secret', 'here'])).exitCode).toBe(2);
  });

  it('takes the addresses of a logout', async () => {
    const addresses = {
      '--post-logout-redirect-uris': 'https://a.test/bye,https://b.test/bye',
      '--backchannel-logout-uri': 'https://a.test/backchannel',
      '--frontchannel-logout-uri': 'https://a.test/frame',
    };
    const options = ['--redirect-uris', 'https://a.test/cb', ...Object.entries(addresses).flat()];
    expect((await run(['create', '--id', 'told', ...options])).error).toContain('Client told is created');
    expect(await json('show', 'told')).toMatchObject({
      postLogoutRedirectURIs: ['https://a.test/bye', 'https://b.test/bye'],
      backchannelLogoutUri: 'https://a.test/backchannel',
      frontchannelLogoutUri: 'https://a.test/frame',
    });
    const wrong = await run(['update', 'told', '--backchannel-logout-uri', 'nowhere']);
    expect([wrong.exitCode, wrong.error]).toEqual([5, expect.stringContaining('backchannelLogoutUri')]);
    expect(await run(['update', 'told', '--internal-client', 'yes'])).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('neither true nor false'),
    });
  });

  it('puts the usual clients of an estate in place, and leaves them alone the second time', async () => {
    const first = await json('apply', estate);
    expect(first).toHaveLength(14);
    const { client_id, client_secret } = first.find(
      (row: { client_id: string }) => row.client_id === 'gauth_client',
    );
    expect(await works(client_id, client_secret)).toBe(true);

    const again = await run(['apply', estate]);
    expect(again.out).not.toContain('created');
    expect((await json('apply', estate, '--update'))[0]).toMatchObject({ result: 'changed' });
    expect(await works(client_id, client_secret)).toBe(true);
    const listed = await json('list', '--search', 'services of the estate');
    expect(listed.map((row: { client_id: string }) => row.client_id)).toEqual(['gauth_client']);
    expect((await run(['list'])).out).toMatch(/gauth_client +Internal services +CONFIDENTIAL/);
  });

  it('says what a file must hold', async () => {
    expect(await run(['apply', '-'], { input: 'clients: [{name: nobody}]' })).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('client_id'),
    });
  });
});
