import { basicAuthorization } from '@gatehouse/api-client/http';
import { describe, expect, it } from 'vitest';
import { ops } from '../../stack/auth-api.ts';
import { createClient, opsCall } from '../../stack/oauth.ts';
import { create, envelope, path, stack, startAdministration } from './administration.ts';

startAdministration();

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

  it('takes an empty address of keys for none (compat)', async () => {
    const jwksUri = 'https://app.test/jwks';
    const change = (data: object) => opsCall(stack, 'PUT', `${path}/keyless`, { data });
    const answers = [
      await create({ client_id: 'keyless', jwksUri: '' }),
      await change({ jwksUri }),
      await change({ jwksUri: '' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const shown = answers.map((answer) => answer.json<{ data: { jwksUri?: string } }>().data.jwksUri);
    expect(shown).toEqual([undefined, jwksUri, jwksUri]);
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
