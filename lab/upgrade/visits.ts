/** Lets people sign in through the real pages, and applications redeem what they bring. */
import { decodeJwt } from 'jose';
import {
  authorizationRequest,
  authorize,
  type Browser,
  codeIn,
  createBrowser,
  redemption,
} from '../harness/browser.ts';
import { createOAuth } from '../harness/oauth.ts';
import { passwordOf } from './directory.ts';
import { type ClientName, clients, credentialsOf, type Place } from './estate.ts';
import { right, type Side, text } from './exchanges/exchange.ts';

export interface Person {
  name: string;
  place: Place;
  /** Default: that of the directory. */
  password?: string;
}

export interface Tokens {
  access: string;
  refresh: string;
  id: string;
  sub: string;
}

export type Visits = ReturnType<typeof createVisits>;

/** No page leads there. */
const nowhere = 'http://localhost/nowhere';
const scope = 'openid profile calls:read sessions';

export function createVisits(publicUrl: string) {
  const requestOf = (clientId: string, more: Record<string, string> = {}) =>
    authorize({ ...authorizationRequest(clientId, scope), ...more });
  const typedBy = ({ name, place, password = passwordOf(name) }: Person) => ({
    ...{ username: name, tenant: place.domain, password },
  });

  async function redeem({ http }: Side, clientId: string, code: string): Promise<Tokens> {
    return tokensIn(right(await createOAuth(http).token(credentialsOf(clientId), redemption(code))));
  }

  const visits = {
    /** A new browser of the person, with the tokens that its login gave. @throws Error when the pages lead nowhere */
    async signIn(at: Side, person: Person, clientId = clients.opaque.client_id, browser?: Browser) {
      const used = browser ?? createBrowser(publicUrl);
      const typed = typedBy(person);
      const page = await used.walk(at.addresses, requestOf(clientId), typed);
      const code = codeIn(page);
      if (code === undefined)
        throw new Error(`no code for ${typed.username}: ${page.status} ${titleOf(page.text)}`);
      return { browser: used, tokens: await redeem(at, clientId, code) };
    },
    /** Tokens of one more client, by the session of the browser. */
    async more(at: Side, browser: Browser, clientId: string): Promise<Tokens> {
      const page = await browser.walk(at.addresses, requestOf(clientId, { prompt: 'none' }), {});
      const code = codeIn(page);
      if (code === undefined) throw new Error(`no code by the session: ${page.location}`);
      return redeem(at, clientId, code);
    },
    /** Whether an authorization needs no page; `clientId` may need a consent besides. */
    async isSignedIn(at: Side, browser: Browser, clientId = clients.opaque.client_id): Promise<boolean> {
      const page = await browser.walk(at.addresses, requestOf(clientId, { prompt: 'none' }), {});
      return codeIn(page) !== undefined;
    },
    /** Signs in to an application that asks for consent, and gives it. */
    async consent(at: Side, browser: Browser, clientId: string): Promise<void> {
      const page = await browser.walk(at.addresses, requestOf(clientId), {});
      const interaction = /name="interaction" value="([^"]+)"/.exec(page.text)?.[1];
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1];
      if (interaction === undefined || csrf === undefined)
        throw new Error(`no page asks for consent: ${page.status} ${titleOf(page.text)}`);
      const answer = { interaction, csrf, answer: 'allowed' };
      const sent = await browser.ask(at.addresses, '/auth/v3/oauth/consent', answer);
      const last = await browser.walk(at.addresses, sent, {});
      if (codeIn(last) === undefined) throw new Error(`the consent led to ${last.location}`);
    },
    /** The status of a page of the console, which signs its person in where it must. */
    async opens({ addresses }: Side, browser: Browser, person: Person, path: string): Promise<number> {
      return (await browser.walk(addresses, path, typedBy(person), nowhere)).status;
    },
    /** By password grant: no browser, no session. */
    passwordGrant: ({ http }: Side, person: Person, client: ClientName = 'opaque') => {
      const { username, tenant, password } = typedBy(person);
      const form = { grant_type: 'password', username: `${tenant}\\${username}`, password, scope };
      return createOAuth(http).token(credentialsOf(clients[client].client_id), form);
    },
    refresh: ({ http }: Side, clientId: string, refreshToken: string) =>
      createOAuth(http).refresh(credentialsOf(clientId), refreshToken),
  };
  return visits;
}

export function tokensIn(body: Record<string, unknown>): Tokens {
  const id = text(body['id_token']);
  return {
    access: text(body['access_token']),
    refresh: text(body['refresh_token']),
    id,
    sub: decodeJwt(id).sub ?? '',
  };
}

function titleOf(page: string): string {
  return /<title>([^<]*)/.exec(page)?.[1] ?? page.slice(0, 200);
}
