/** Clients, tokens and keys that one release issues and the other one must know. */
import { agent, type Calls, deviceCodeGrant } from './calls.ts';
import { type Exchange, exchange, must, right, soon, text } from './exchange.ts';

export function tokenExchanges(calls: Calls, contactCenterId: string): Exchange[] {
  const { application, clientToken, isActive, passwordGrant, register, revoke, service, token } = calls;
  const person = `demo\\${agent.username}`;
  const jwt = { accessTokenFormat: 'jwt' };
  return [
    exchange('client', register, clientToken),
    exchange('opaque access token', clientToken, async (at, value) => must(await isActive(at, value))),
    exchange(
      'JWT access token',
      async (at) => clientToken(at, await register(at, jwt)),
      async (at, value) => must(await isActive(at, value)),
    ),
    exchange(
      'access token at Environment API',
      (at) => clientToken(at, service),
      async ({ http }, value) =>
        right(
          await http(`/environment/v3/contact-centers/${contactCenterId}`, {
            authorization: `Bearer ${value}`,
          }),
        ),
    ),
    ...[{}, jwt].map((format) =>
      exchange(
        format === jwt ? 'revocation of a JWT' : 'revocation',
        async (at) => {
          const owner = await register(at, format);
          const value = await clientToken(at, owner);
          await revoke(at, value, owner);
          return value;
        },
        (at, value) => soon(async () => !(await isActive(at, value))),
      ),
    ),
    exchange(
      'refresh token',
      async (at) => text(right(await passwordGrant(at, person))['refresh_token']),
      async (at, value) => right(await token(at, { grant_type: 'refresh_token', refresh_token: value })),
    ),
    exchange(
      'device code',
      async ({ http }) =>
        text(
          right(
            await http('/auth/v3/oauth/device', { authorization: application, form: { scope: 'openid' } }),
          )['device_code'],
        ),
      async (at, code) => {
        const answer = await token(at, { grant_type: deviceCodeGrant, device_code: code });
        must(answer.body?.['error'] === 'authorization_pending');
      },
    ),
    exchange(
      'signing key',
      async (at) => {
        await calls.create(at, '/auth/v3/ops/signing-keys/rotate', {});
        return text(right(await passwordGrant(at, person))['id_token']);
      },
      ({ http }, idToken) =>
        soon(async () => {
          const header = Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString();
          const { kid } = JSON.parse(header) as { kid: string };
          return JSON.stringify((await http('/auth/v3/oauth/jwks')).body).includes(kid);
        }),
    ),
  ];
}
