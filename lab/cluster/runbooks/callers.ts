/** Calls the services as applications and people do, from inside the node. */
import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { operatorOf } from '../load/addresses.ts';
import { call, type Reply } from '../load/call.ts';
import { becomes, mustBe } from '../step.ts';

export type Application = Awaited<ReturnType<typeof registerApplication>>;

/** A person of the demo installation, whose passwords are public. */
export const agent = { name: 'agent', password: 'demo-agent-password' };

/** A client of its own for each incident; `remove` takes it away. */
export async function registerApplication(cluster: Cluster, id: string) {
  const { username, password: operatorPassword } = await operatorOf(cluster);
  const operator = `${username}:${operatorPassword}`;
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
  const ask = (what: string, form: Record<string, string>, withSecret = secret, forwardedFor?: string) =>
    call(cluster, `/auth/v3/oauth/${what}`, {
      ...{ user: `${id}:${withSecret}`, form },
      ...(forwardedFor && { forwardedFor }),
    });
  /** The way of a login that needs no browser. */
  const signIn = (name = agent.name, password = agent.password, forwardedFor?: string) => {
    const form = { grant_type: 'password', username: `demo\\${name}`, password, scope: '*' };
    return ask('token', form, secret, forwardedFor);
  };
  return {
    id,
    remove,
    token: (withSecret = secret) => ask('token', { grant_type: 'client_credentials' }, withSecret),
    signIn,
    /** Both pods know the client and the person, and go on with what they know while a store is away. */
    becomeKnown: () => Promise.all(Array.from({ length: 12 }, () => signIn())),
    signsInAgain: () => becomes('people sign in again', async () => (await signIn()).status === 200),
    revoke: (token: string) => ask('revoke', { token }),
    /** UserInfo and introspection would both do; this one works for tokens without a person. */
    isActive: async (token: string, withSecret = secret) => {
      const reply = await ask('introspect', { token }, withSecret);
      return reply.status === 200 ? reply.body['active'] === true : undefined;
    },
  };
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
