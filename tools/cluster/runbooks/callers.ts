/** Calls the services as applications and people do, from inside the node. */
import { randomBytes } from 'node:crypto';
import type { Cluster } from '../cluster.ts';
import { attempt, until } from '../execute.ts';
import { addressesOf, operatorOf } from '../load/addresses.ts';
import { type Addresses, serviceOf } from '../load/service-http.ts';
import { inNetwork } from '../node/network.ts';
import { mustBe } from '../step.ts';

export interface Reply {
  /** 0: no answer. */
  status: number;
  retryAfter: string;
  body: Record<string, unknown>;
}

interface Call {
  method?: string;
  /** NAME:SECRET */
  user?: string;
  form?: Record<string, string>;
  json?: object;
  /** As a proxy in front of the service says it. */
  forwardedFor?: string;
}

const known = new WeakMap<Cluster, Promise<Addresses>>();

/** Those of Services stay. */
function addressesOnce(cluster: Cluster): Promise<Addresses> {
  const addresses = known.get(cluster) ?? addressesOf(cluster);
  known.set(cluster, addresses);
  return addresses;
}

/** Secrets come by the standard input; the certificates of the pods have the names of their Services, not their addresses. */
export async function call(cluster: Cluster, path: string, asked: Call = {}): Promise<Reply> {
  const { method, user, form, json, forwardedFor } = asked;
  const base = (await addressesOnce(cluster))[serviceOf(path)];
  const settings = Object.entries({
    ...(method && { request: method }),
    ...(user && { user }),
    ...(form && { data: new URLSearchParams(form).toString() }),
    ...(json && { json: JSON.stringify(json) }),
    ...(forwardedFor && { header: `x-forwarded-for: ${forwardedFor}` }),
  }).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const [nsenter, ...into] = inNetwork;
  const written = '\n%{http_code} %header{retry-after}';
  const options = ['-sS', '--insecure', '--max-time', '20', '--config', '-', '--write-out', written];
  const { stdout } = await attempt(nsenter, [...into, 'curl', ...options, base + path], {
    input: settings.join('\n'),
  });
  const end = stdout.lastIndexOf('\n');
  const [status = '0', retryAfter = ''] = stdout.slice(end + 1).split(' ');
  return { status: Number(status), retryAfter, body: parsed(stdout.slice(0, end)) };
}

function parsed(text: string): Reply['body'] {
  try {
    return JSON.parse(text) as Reply['body'];
  } catch {
    return {};
  }
}

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

/** Of the demo estate: their passwords are public. */
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

/** What administration calls the person of the token. */
export function subjectOf(token: string): string {
  const [, claims = ''] = token.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub;
}

export const accessTokenOf = ({ status, body }: Reply): string => {
  mustBe(status === 200, `no token but ${status} ${JSON.stringify(body)}`);
  return String(body['access_token']);
};
