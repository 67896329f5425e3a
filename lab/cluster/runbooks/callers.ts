/** Calls the services as applications and people do, from inside the node. */
import { randomBytes } from 'node:crypto';
import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { operatorOf } from '../load/addresses.ts';
import { call, type Reply } from '../load/call.ts';
import { mustBe } from '../step.ts';

export type Application = Awaited<ReturnType<typeof registerApplication>>;

/** A client of its own for each incident; `remove` takes it away. */
export async function registerApplication(cluster: Cluster, id: string) {
  const { username, password } = await operatorOf(cluster);
  const operator = `${username}:${password}`;
  const secret = randomBytes(24).toString('hex');
  const path = '/auth/v3/ops/clients';
  const remove = () => call(cluster, `${path}/${id}`, { user: operator, method: 'DELETE' });
  await remove();
  const data = {
    ...{ client_id: id, client_secret: secret, name: 'An application', scope: ['*'] },
    // Its revocations are in both stores.
    accessTokenFormat: 'jwt',
    authorizedGrantTypes: ['client_credentials', 'password', 'refresh_token'],
  };
  const { status, body } = await call(cluster, path, { user: operator, json: { data } });
  mustBe(status === 200 || status === 201, `a client is registered: ${status} ${JSON.stringify(body)}`);
  const tokenUrl = '/auth/v3/oauth/token';
  return {
    id,
    secret,
    remove,
    token: (withSecret = secret) =>
      call(cluster, tokenUrl, { user: `${id}:${withSecret}`, form: { grant_type: 'client_credentials' } }),
    /** The way of a login that needs no browser. */
    signIn: (userName: string, password: string, forwardedFor?: string) =>
      call(cluster, tokenUrl, {
        user: `${id}:${secret}`,
        form: { grant_type: 'password', username: `demo\\${userName}`, password, scope: '*' },
        ...(forwardedFor && { forwardedFor }),
      }),
    revoke: (token: string) =>
      call(cluster, '/auth/v3/oauth/revoke', { user: `${id}:${secret}`, form: { token } }),
    /** UserInfo and introspection would both do; this one works for tokens without a person. */
    isActive: async (token: string, withSecret = secret) => {
      const form = { token };
      const reply = await call(cluster, '/auth/v3/oauth/introspect', { user: `${id}:${withSecret}`, form });
      return reply.status === 200 ? reply.body['active'] === true : undefined;
    },
  };
}

/** A person of the demo installation, whose passwords are public. */
export const agent = ['agent', 'demo-agent-password'] as const;

/** Both pods know the client and the person, and go on with what they know while a store is away. */
export async function becomeKnown(application: Application): Promise<void> {
  await Promise.all(Array.from({ length: 12 }, () => application.signIn(...agent)));
}

export async function signsInAgain(application: Application): Promise<void> {
  await until(
    'people sign in again',
    async () => (await application.signIn(...agent)).status === 200 || undefined,
  );
}

/** The id by which the administration API knows the person of the token. */
export function subjectOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub;
}

export const accessTokenOf = ({ status, body }: Reply): string => {
  mustBe(status === 200, `no token but ${status} ${JSON.stringify(body)}`);
  return String(body['access_token']);
};
