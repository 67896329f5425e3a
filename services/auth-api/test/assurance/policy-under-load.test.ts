/** A policy that becomes stricter and weaker again while people and applications go on, over HTTP, at two replicas. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '@gatehouse/service-kit/http';
import { type Authenticator, createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPasskey } from '../factors/people.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { signedIn } from '../stack/backchannel.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { sessionCookie } from '../stack/interaction.ts';
import { authorizeUrl, createClient, redeem, responseOf, type TestClient, token } from '../stack/oauth.ts';
import { requireFactors } from '../stack/second-factor.ts';
import { personOf, postStep } from '../stack/second-step.ts';

const password = 'a-password-of-theirs-1';
const holder = { username: 'holder', password, tenant: 'demo' };
const weak = { username: 'weak', password, tenant: 'demo' };
const phaseMs = 1000;
const hourMs = 3_600_000;
const required = { mode: 'required', graceHours: 24, enrolmentGraceDays: 0 } as const;

interface Replica {
  stack: AuthApi;
  /** The same over HTTP. */
  app: App;
}
let replicas: Replica[] = [];
let client: TestClient;
let authenticator: Authenticator;
const connections = new Agent({ keepAlive: true });
beforeAll(async () => {
  const env = {
    GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '100000',
    GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000',
    GATEHOUSE_LOG_REQUESTS: 'failures',
  };
  const first = await startAuthApi({ env });
  const stacks = [first, await startAuthApi({ env, beside: first })];
  replicas = await Promise.all(
    stacks.map(async (stack) => ({
      stack,
      app: overHttp(await stack.app.listen({ host: '127.0.0.1', port: 0 })),
    })),
  );
  for (const { username: userName } of [holder, weak])
    await first.simulator.store.createPerson({ tenantDbid: 101, userName, password });
  client = await createClient(first, { scope: ['openid'] });
  authenticator = createAuthenticator({ counts: false });
  await addPasskey(first, await personOf(first, await signedIn(first, holder)), { authenticator });
});
afterAll(async () => {
  connections.destroy();
  for (const { stack } of replicas.toReversed()) await stack.close();
});

interface Injected {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  payload?: string;
}

/** Answers as `inject` does, by a request of HTTP. */
function overHttp(origin: string): App {
  const inject = ({ method = 'GET', url = '/', headers = {}, payload = '' }: Injected) =>
    new Promise((resolve, reject) => {
      const sent = request(`${origin}${url}`, { method, headers, agent: connections }, (answer) => {
        text(answer).then((body) => {
          const cookies = (answer.headers['set-cookie'] ?? []).map((line) => {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
            const maxAge = /max-age=(\d+)/i.exec(line)?.[1];
            return { name, value, maxAge: maxAge === undefined ? undefined : Number(maxAge) };
          });
          const { statusCode } = answer;
          resolve({ statusCode, headers: answer.headers, body, cookies, json: () => JSON.parse(body) });
        }, reject);
      });
      sent.on('error', reject);
      sent.end(payload);
    });
  return { inject } as never;
}

/** What a request got, and of which kind it was. */
interface Seen {
  way: string;
  got: string;
  /** When it began. */
  atMs: number;
}

function createLoad() {
  const seen: Seen[] = [];
  const failed: string[] = [];
  let isOver = false;

  async function note(way: string, ask: () => Promise<string>): Promise<void> {
    const atMs = performance.now();
    const got = await ask();
    seen.push({ way, got, atMs });
  }
  const told = (way: string, { status, body }: { status: number; body: string }, got: string) => {
    if (status >= 500) failed.push(`${way}: ${status} ${body}`);
    return got;
  };

  async function signIn(browser: Browser, person: typeof weak, way: string): Promise<string> {
    const typed = await browser.postForm('/auth/v3/sign-in', person);
    return told(way, typed, new URL(typed.location ?? publicUrl).pathname.replace(/^.*\//, ''));
  }
  async function tokensOf(replica: Replica, browser: Browser, way: string): Promise<string> {
    const answer = responseOf(await browser.get(authorizeUrl(client, { prompt: 'none', scope: 'openid' })));
    const code = answer.get('code');
    if (code === null) return answer.get('error') ?? '';
    const given = await redeem(replica, client, code);
    return told(way, given, given.status === 200 ? 'tokens' : given.json().error);
  }

  const ways: Record<string, (replica: Replica) => Promise<string>> = {
    async 'a sign-in by the password'(replica) {
      const browser = createBrowser(replica.app);
      const page = await signIn(browser, weak, 'sign-in');
      return browser.cookies.has(sessionCookie) ? tokensOf(replica, browser, 'code') : page;
    },
    async 'a sign-in with a passkey'(replica) {
      const browser = createBrowser(replica.app);
      if ((await signIn(browser, holder, 'sign-in')) === 'second-step.html') {
        const options = await postStep(replica.stack, browser, 'passkeyOptions');
        told('options', options, '');
        if (options.status !== 200) return 'relaxed meanwhile';
        const answer = authenticator.get(options.json() as never, { origin: publicUrl });
        told(
          'passkey',
          await postStep(replica.stack, browser, 'passkey', { answer: JSON.stringify(answer) }),
          '',
        );
      }
      return tokensOf(replica, browser, 'code');
    },
    async 'the password grant'(replica) {
      const form = { grant_type: 'password', username: 'demo\\weak', password };
      const given = await token(replica, client, form);
      return told('password', given, given.status === 200 ? 'tokens' : given.json().error);
    },
  };

  async function refreshing(replica: Replica): Promise<void> {
    let next: string | undefined;
    while (!isOver) {
      const way = next === undefined ? 'a new family' : 'a refresh';
      await note(way, async () => {
        const form = { grant_type: 'password', username: 'demo\\weak', password };
        const given = await token(
          replica,
          client,
          next === undefined ? form : { grant_type: 'refresh_token', refresh_token: next },
        );
        next = given.status === 200 ? given.json().refresh_token : undefined;
        return told(way, given, given.status === 200 ? 'tokens' : given.json().error);
      });
      await pause(10);
    }
  }
  const repeating = async (way: string, replica: Replica) => {
    while (!isOver) {
      await note(way, () => (ways[way] as (typeof ways)[string])(replica));
      await pause(10);
    }
  };
  const working = replicas.flatMap((replica) => [
    ...Object.keys(ways).map((way) => repeating(way, replica)),
    refreshing(replica),
  ]);
  return {
    failed,
    /** What the requests that begin from now on get, by way, once each of `wanted` has got something. */
    async next(wanted: readonly string[]): Promise<Record<string, string[]>> {
      const fromMs = performance.now();
      const begun = () =>
        Map.groupBy(
          seen.filter(({ atMs }) => atMs >= fromMs),
          ({ way }) => way,
        );
      await pause(phaseMs);
      // On a busy machine a sign-in may take longer.
      while (wanted.some((way) => !begun().has(way))) await pause(10);
      return Object.fromEntries(
        [...begun()].map(([way, all]) => [way, [...new Set(all.map(({ got }) => got))].sort()]),
      );
    },
    async end(): Promise<void> {
      isOver = true;
      await Promise.all(working);
    },
  };
}

/** Until each replica has seen it. */
const policy = (changes: Parameters<typeof requireFactors>[1]) =>
  Promise.all(replicas.map(({ stack }) => requireFactors(stack, changes)));
const ago = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();
const onlyTokens = {
  'a sign-in by the password': ['tokens'],
  'a sign-in with a passkey': ['tokens'],
  'the password grant': ['tokens'],
};

it('gives nothing without the factor once a replica knows the stricter policy, fails nothing, and gives way at once', async () => {
  const load = createLoad();
  try {
    for (let round = 0; round < 2; round += 1) await throughBothDirections(load);
  } finally {
    await load.end();
  }
  expect(load.failed).toEqual([]);
});

async function throughBothDirections({ next }: ReturnType<typeof createLoad>): Promise<void> {
  const phase = (...more: string[]) => next([...Object.keys(onlyTokens), ...more]);
  expect(await phase('a refresh')).toMatchObject({ ...onlyTokens, 'a refresh': ['tokens'] });

  await policy({ ...required, raisedAt: ago(0) });
  const refused = {
    'a sign-in by the password': ['second-step.html'],
    'a sign-in with a passkey': ['tokens'],
    'the password grant': ['invalid_grant'],
  };
  expect(await phase('a refresh')).toEqual({ ...refused, 'a refresh': ['tokens'] });

  await policy({ ...required, raisedAt: ago(25) });
  // The first refresh ends the family, and no new one begins.
  const over = await phase('a new family');
  expect(over).toMatchObject({ ...refused, 'a new family': ['invalid_grant'] });
  expect(over['a refresh'] ?? []).not.toContain('tokens');

  await policy({ mode: 'off' });
  expect(await phase()).toMatchObject(onlyTokens);
}
