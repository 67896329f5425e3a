/** One whole login, as a browser and its application do it: authorize, page, password, code, token. */
import { Agent, type Dispatcher } from 'undici';
import { type BenchStack, loginRedirectUri } from '../bench-stack.ts';

export interface FlowDriver {
  /** @throws Error that names the step which did not go on */
  run(): Promise<void>;
  close(): Promise<void>;
}

export function createFlowDriver(stack: BenchStack, connections: number): FlowDriver {
  const agent = new Agent({ connections, pipelining: 1 });
  const { origin } = new URL(stack.publicUrl);

  async function ask(
    path: string,
    options: { cookies?: Map<string, string>; form?: Record<string, string>; authorization?: string } = {},
  ): Promise<{ status: number; location: string; text: string }> {
    const { cookies = new Map<string, string>(), form, authorization } = options;
    const answer = await agent.request({
      origin,
      path,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        origin,
        ...(cookies.size > 0 ? { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } : {}),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: form === undefined ? null : new URLSearchParams(form).toString(),
    });
    keep(cookies, answer.headers);
    return {
      status: answer.statusCode,
      location: String(answer.headers['location'] ?? ''),
      text: await answer.body.text(),
    };
  }

  const pathOf = (location: string) => {
    const { pathname, search } = new URL(location, origin);
    return `${pathname}${search}`;
  };

  return {
    async run() {
      const cookies = new Map<string, string>();
      const query = new URLSearchParams({
        ...{ client_id: stack.loginClient.id, response_type: 'code', redirect_uri: loginRedirectUri },
        ...{ scope: 'openid', state: 'bench' },
      });
      const started = await ask(`/auth/v3/oauth/authorize?${query}`, { cookies });
      const interaction = new URL(started.location, origin).searchParams.get('interaction');
      if (interaction === null) throw new Error(`authorize: ${started.status} ${started.location}`);
      const page = await ask(pathOf(started.location), { cookies });
      const [, csrf] = /name="csrf" value="([^"]+)"/.exec(page.text) ?? [];
      if (csrf === undefined) throw new Error(`the page has no form: ${page.status}`);
      const signedIn = await ask('/auth/v3/sign-in', {
        cookies,
        form: {
          username: stack.user.name,
          password: stack.user.password,
          tenant: stack.user.tenant,
          interaction,
          csrf,
        },
      });
      const resumed = await ask(pathOf(signedIn.location), { cookies });
      const code = new URL(resumed.location || origin, origin).searchParams.get('code');
      if (code === null)
        throw new Error(`no code: ${signedIn.location} → ${resumed.status} ${resumed.location}`);
      const tokens = await ask('/auth/v3/oauth/token', {
        authorization: stack.loginClient.authorization,
        form: { grant_type: 'authorization_code', code, redirect_uri: loginRedirectUri },
      });
      if (tokens.status !== 200) throw new Error(`token: ${tokens.status} ${tokens.text}`);
    },
    close: () => agent.close(),
  };
}

function keep(cookies: Map<string, string>, headers: Dispatcher.ResponseData['headers']): void {
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
    cookies.set(name, value);
  }
}
