/** An installation with two replicas, and people of their own for each test. */
import { demoSeed } from '@gatehouse/config-server-simulator';
import { type AuthApi, type AuthApiOptions, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { createClient, getCode, introspect, opsCall, redeem, type TestClient } from '../../stack/oauth.ts';

/** What was ended at one replica must have ended at the other one by then. */
export const second = { timeout: 1000, interval: 20 };

export type Estate = Awaited<ReturnType<typeof startEstate>>;

/** The Configuration Server locks at the eighth failure: three guesses of strangers reach it. */
const securityRules = { 'account-lockout-threshold': 8, 'account-lockout-attempts-period': 20 };
const seed = { ...demoSeed, tenants: [{ dbid: 101, name: 'demo', securityRules }] };

export async function startEstate(given: AuthApiOptions = {}) {
  const options = { seed, ...given };
  const stack = await startAuthApi(options);
  const replica = await startAuthApi({ ...options, beside: stack });
  const observer = await createClient(stack, { internalClient: true });
  let people = 0;

  const someone = async (tenant = 'demo') => {
    const userName = `Person${++people}`;
    const password = 'a-password-of-theirs';
    const { DBID } = await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password });
    const typed = { username: userName, password, tenant };
    const signIn = async (client: TestClient) => {
      const browser = createBrowser(stack.app);
      const tokens = (await redeem(stack, client, await getCode(stack, browser, client, {}, typed))).json();
      return { browser, tokens };
    };
    return { userName, dbid: DBID as number, typed, signIn };
  };

  return {
    stack,
    replica,
    /** May introspect every token. */
    observer,
    /** A person who has signed in nowhere yet. */
    someone,
    /** Whether the other replica knows the browser. */
    async isIn(browser: Browser): Promise<boolean> {
      const moved = createBrowser(replica.app);
      for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
      return (await moved.get('/auth/v3/ping')).status === 200;
    },
    /** Whether the other replica takes the token. */
    isActive: async (text: string) => (await introspect(replica, observer, text))['active'],
    async eventsOf(query: Record<string, string>) {
      await stack.deps.audit.drained();
      const answer = await opsCall(stack, 'GET', `/auth/v3/ops/audit?${new URLSearchParams(query)}`);
      return answer.json<{ data: Record<string, unknown>[] }>().data;
    },
    async close() {
      await replica.close();
      await stack.close();
    },
  };
}

export const call = (
  { app }: Pick<AuthApi, 'app'>,
  method: 'GET' | 'DELETE',
  path: string,
  query: Record<string, string>,
) => opsCall({ app }, method, `/auth/v3/ops${path}?${new URLSearchParams(query)}`);
