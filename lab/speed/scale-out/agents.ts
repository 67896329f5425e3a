/** Agents as docs/explain/sizing.md assumes them: each signs in to three applications by the pages, refreshes, and has its tokens checked. */
import { setTimeout as wait } from 'node:timers/promises';
import { agentPassword, userNameOf } from '../agents-seed.ts';
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';
import { targetOf } from '../login/sides.ts';
import { createLoginDriver, type LoginClient, type Tokens } from '../login/whole-login.ts';

export const applicationCount = 3;
/** How often a second each of them does it. */
const rates = { signIn: 1 / 1800, refresh: 1 / 600, introspection: 1 / 10 };
const concurrency = 8;

interface Agent {
  signIn(client?: LoginClient): Promise<Tokens>;
  /** Of each application. */
  tokens: Tokens[];
}

export async function createAgents(stack: BenchStack, count: number) {
  const driver = createLoginDriver(targetOf(stack), concurrency);
  const applications = await Promise.all(
    Array.from({ length: applicationCount }, (_, index) => registerApplication(stack, index)),
  );
  const agents = Array.from({ length: count }, (_, person) => newAgent(person));

  function newAgent(person: number): Agent {
    const fields = { username: userNameOf(person), password: agentPassword, tenant: stack.user.tenant };
    return { ...driver.open(fields), tokens: [] };
  }

  const applicationOf = (index: number) => applications[index] as LoginClient;
  const agentOf = (index: number) => agents[index % count] as Agent;

  async function signIn(agent: Agent, application: number): Promise<void> {
    agent.tokens[application] = await agent.signIn(applicationOf(application));
  }

  async function refresh(agent: Agent, application: number): Promise<void> {
    const refreshToken = agent.tokens[application]?.refresh_token ?? '';
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    agent.tokens[application] = await post<Tokens>('token', application, form);
  }

  async function introspect(agent: Agent, application: number): Promise<void> {
    const form = { token: agent.tokens[application]?.access_token ?? '' };
    const { active } = await post<{ active: boolean }>('introspect', application, form);
    if (!active) throw new Error('the token of an agent is not active');
  }

  async function post<Answer>(path: string, application: number, form: Record<string, string>) {
    const answer = await fetch(`${stack.authApiUrl}/auth/v3/oauth/${path}`, {
      method: 'POST',
      headers: { authorization: applicationOf(application).authorization },
      body: new URLSearchParams(form),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  /** Every agent, a few at once. */
  async function each(work: (agent: Agent) => Promise<unknown>): Promise<void> {
    let next = 0;
    const oneAfterAnother = async () => {
      while (next < count) await work(agentOf(next++));
    };
    await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  }

  /** So often a second, whether or not the ones before are done. */
  async function paced(perSecond: number, seconds: number, work: (index: number) => Promise<unknown>) {
    const startMs = performance.now();
    const started = [];
    for (let index = 0; index < perSecond * seconds; index += 1) {
      await wait(Math.max(0, startMs + (1000 * index) / perSecond - performance.now()));
      started.push(work(index));
    }
    await Promise.all(started);
  }

  return {
    /** The demo's user, by the pages. */
    async warmUp(logins: number): Promise<void> {
      const turns = Array.from({ length: logins / 3 });
      for (const _ of turns) await Promise.all([driver.run(), driver.run(), driver.run()]);
    },
    signIn: () => each((agent) => signIn(agent, 0)),
    /** By the session of the browser. */
    signInFurther: () =>
      each(async (agent) => {
        for (let application = 1; application < applicationCount; application += 1)
          await signIn(agent, application);
      }),
    refresh: () =>
      each((agent) => Promise.all(agent.tokens.map((_, application) => refresh(agent, application)))),
    /** At the rates of that many agents. */
    async keep(seconds: number): Promise<void> {
      await Promise.all([
        paced(count * rates.introspection, seconds, (index) => introspect(agentOf(index), index % 3)),
        // Others than those above, whose tokens must stay as they are.
        paced(count * rates.refresh, seconds, (index) => refresh(agentOf(count - 1 - index), index % 3)),
        paced(count * rates.signIn, seconds, async (index) => {
          const agent = newAgent(index);
          for (let application = 0; application < applicationCount; application += 1)
            await signIn(agent, application);
        }),
      ]);
    },
    close: () => driver.close(),
  };
}

/** With the lives that the page assumes: an hour and a day. */
async function registerApplication(stack: BenchStack, index: number): Promise<LoginClient> {
  const id = `bench-agents-${index}`;
  const authorization = await stack.register({
    client_id: id,
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    requirePkce: false,
    scope: ['openid'],
    redirectURIs: [loginRedirectUri],
    accessTokenExpirationTimeout: 3_600,
    refreshTokenExpirationTimeout: 86_400,
  });
  return { id, authorization, redirectUri: loginRedirectUri };
}
