/** One whole login, as a browser and its application do it: authorize, pages, password, code, token. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import type { Authenticator } from '@gatehouse/testing/webauthn';
import { Agent, type Dispatcher } from 'undici';
import { formOf, type Tokens } from '../requests.ts';

/** A server to sign in at. */
export interface LoginTarget {
  origin: string;
  authorizePath: string;
  tokenPath: string;
  client: LoginClient;
  /** The texts that the user would type, by name of the field. */
  fields: Readonly<Record<string, string>>;
  /** Of the user, where the second step asks for a passkey. */
  authenticator?: Authenticator;
  /** The server to call for this path where that is not the origin. */
  serverOf?(path: string): string;
}

export interface LoginClient {
  id: string;
  authorization: string;
  redirectUri: string;
  /** Default: openid alone. */
  scope?: string;
}

export interface LoginDriver {
  /** A login in a browser of its own. @throws as `signIn` */
  run(): Promise<void>;
  /** A browser of its own, which signs in to one application after the other: to further ones by its session. */
  open(fields?: LoginTarget['fields']): Browser;
  close(): Promise<void>;
}

export interface Browser {
  /** @throws Error that names the step which did not go on */
  signIn(client?: LoginClient): Promise<Tokens>;
}

interface Page {
  /** Where it came from: what it leads to is read from there, because pages may have a host of their own. */
  url: URL;
  status: number;
  location: string | undefined;
  text: string;
}

/** More than any login has: a circle ends. */
const maxSteps = 12;

export function createLoginDriver(target: LoginTarget, connections: number): LoginDriver {
  // A server that gets few turns closes an idle connection later than it says: none is used again after a while.
  const agent = new Agent({ connections, pipelining: 1, keepAliveMaxTimeout: 10_000 });

  async function ask(
    url: URL,
    options: { cookies?: Map<string, string>; form?: Record<string, string>; authorization?: string },
  ): Promise<Page> {
    const { cookies, form, authorization } = options;
    const { origin, pathname, search } = url;
    const answer = await agent.request({
      origin: target.serverOf?.(pathname) ?? origin,
      path: `${pathname}${search}`,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        // A browser names it, a program does not.
        origin: cookies === undefined ? undefined : origin,
        cookie: cookies?.size ? [...cookies].map((pair) => pair.join('=')).join('; ') : undefined,
        'content-type': form === undefined ? undefined : 'application/x-www-form-urlencoded',
        authorization,
      },
      body: form === undefined ? null : formOf(form),
    });
    if (cookies !== undefined) keep(cookies, answer.headers);
    const location = answer.headers['location'];
    return {
      url,
      status: answer.statusCode,
      location: location === undefined ? undefined : String(location),
      text: await answer.body.text(),
    };
  }

  /** Follows redirects, and fills in and sends forms, until the application is reached. */
  async function codeOf(
    url: URL,
    { redirectUri }: LoginClient,
    cookies: Map<string, string>,
    typed: LoginTarget['fields'],
  ): Promise<string> {
    let page = await ask(url, { cookies });
    for (let step = 0; step < maxSteps; step += 1) {
      if (page.location?.startsWith(redirectUri)) {
        const code = new URL(page.location).searchParams.get('code');
        if (code === null) throw new Error(`no code: ${page.location}`);
        return code;
      }
      if (page.location !== undefined) {
        page = await ask(addressIn(page, page.location), { cookies });
        continue;
      }
      const { action, fields } = formIn(page);
      const form = filledIn(fields, typed);
      if ('answer' in fields) form['answer'] = await passkeyAnswer(page, form, cookies);
      page = await ask(addressIn(page, action), { cookies, form });
    }
    throw new Error(`no end after ${maxSteps} steps: ${page.status} ${page.location ?? page.text}`);
  }

  /** As the script of the page asks for it. */
  async function passkeyAnswer(
    page: Page,
    { csrf = '' }: Record<string, string>,
    cookies: Map<string, string>,
  ) {
    const { text } = await ask(addressIn(page, secondStepPaths.passkeyOptions), { cookies, form: { csrf } });
    return JSON.stringify(target.authenticator?.get(JSON.parse(text), { origin: target.origin }));
  }

  async function tokensOf(
    client: LoginClient,
    cookies: Map<string, string>,
    typed: LoginTarget['fields'],
  ): Promise<Tokens> {
    const scope = client.scope ?? 'openid';
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      redirect_uri: client.redirectUri,
      scope,
      state: 'bench-of-a-login',
    });
    const authorize = new URL(`${target.authorizePath}?${query}`, target.origin);
    const code = await codeOf(authorize, client, cookies, typed);
    const tokens = await ask(new URL(target.tokenPath, target.origin), {
      authorization: client.authorization,
      form: { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri },
    });
    const wanted = scope.includes('openid') ? '"id_token"' : '"access_token"';
    if (!tokens.text.includes(wanted)) throw new Error(`token: ${tokens.status} ${tokens.text}`);
    return JSON.parse(tokens.text) as Tokens;
  }

  function open(typed = target.fields): Browser {
    const cookies = new Map<string, string>();
    return { signIn: (client = target.client) => tokensOf(client, cookies, typed) };
  }

  return {
    run: async () => void (await open().signIn()),
    open,
    close: () => agent.close(),
  };
}

function addressIn({ url }: Page, link: string): URL {
  return new URL(link.replaceAll('&amp;', '&'), url);
}

interface Form {
  action: string;
  fields: Record<string, string>;
}

/** The form that asks for the password, or else for the name, a code or a passkey: a page may have others beside. */
function formIn(page: Page): Form {
  const forms = [...page.text.matchAll(/<form[^>]* action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, action = '', body = '']) => ({ action, fields: fieldsIn(body) }),
  );
  const asking = ['password', 'username', 'code', 'answer'].flatMap((name) =>
    forms.filter(({ fields }) => name in fields),
  );
  if (asking[0] === undefined)
    throw new Error(`the page asks for nothing: ${page.status} ${page.text.slice(0, 500)}`);
  return asking[0];
}

function fieldsIn(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [input] of html.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (name !== undefined && !input.includes('type="checkbox"'))
      fields[name] = /value="([^"]*)"/.exec(input)?.[1] ?? '';
  }
  return fields;
}

function filledIn(
  fields: Record<string, string>,
  typed: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === '' ? (typed[name] ?? '') : value]),
  );
}

function keep(cookies: Map<string, string>, headers: Dispatcher.ResponseData['headers']): void {
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const pair = line.split(';')[0] ?? '';
    const end = pair.indexOf('=');
    cookies.set(pair.slice(0, end), pair.slice(end + 1));
  }
}
