/** Makes the calls that several exchanges consist of. */
import { randomBytes, randomUUID } from 'node:crypto';
import { users } from '../../../tools/stack/provisioning/demo.ts';
import { redirectUri } from '../../harness/browser.ts';
import { basic } from '../../harness/http.ts';
import { createOAuth, service } from '../../harness/oauth.ts';
import { right, type Side, text } from './exchange.ts';

export type Calls = ReturnType<typeof createCalls>;

export const [agent] = users;
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const clientId = `beside-${randomUUID()}`;

export function createCalls({ username, password }: { username: string; password: string }) {
  const operator = basic(username, password);
  const secret = randomBytes(24).toString('hex');
  const client = {
    client_secret: secret,
    authorizedGrantTypes: [
      'client_credentials',
      'password',
      'authorization_code',
      'refresh_token',
      deviceCodeGrant,
    ],
    scope: ['openid', 'calls:read'],
    redirectURIs: [redirectUri],
  };
  const application = basic(clientId, secret);

  const calls = {
    operator,
    application,
    service,
    create: async ({ http }: Side, path: string, data: object) =>
      right(await http(path, { authorization: operator, json: { data } })),
    /** Its credentials. */
    async register(at: Side, more: object = {}, id = `beside-${randomUUID()}`) {
      await calls.create(at, '/auth/v3/ops/clients', { ...client, client_id: id, ...more });
      return basic(id, secret);
    },
    token: ({ http }: Side, form: Record<string, string>, authorization = application) =>
      createOAuth(http).token(authorization, form),
    clientToken: async (at: Side, as = application) =>
      text(right(await calls.token(at, { grant_type: 'client_credentials' }, as))['access_token']),
    passwordGrant: (at: Side, name: string) =>
      calls.token(at, { grant_type: 'password', username: name, password: agent.password, scope: 'openid' }),
    async isActive({ http }: Side, token: string) {
      return right(await createOAuth(http).introspect(token))['active'] === true;
    },
    async revoke({ http }: Side, token: string, authorization = application) {
      const { status } = await createOAuth(http).revoke(authorization, token);
      if (status !== 200) throw new Error(`the revocation was answered ${status}`);
    },
  };
  return calls;
}
