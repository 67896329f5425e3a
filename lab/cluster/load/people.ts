/** Defines what people and programs that provision them do: sign-ins by the pages, work at the console, and SCIM. */
import { leads, users } from '../../../tools/stack/provisioning/demo.ts';
import {
  authorizationRequest,
  authorize,
  type Browser,
  codeIn,
  createBrowser,
  formsIn,
  type Page,
  redemption,
} from '../../harness/browser.ts';
import type { Call } from '../../harness/calls.ts';
import { type Answer, basic, type Http } from '../../harness/http.ts';
import { createOAuth } from '../../harness/oauth.ts';
import type { Addresses } from '../../harness/service-http.ts';
import { officeDomain, officeName, type People, pagesClient } from './prepare.ts';

/** Of logins, each of which is asked about again and again until the load ends, whichever release made it. */
const keptEveryMs = 10_000;
const scope = 'openid profile calls:read';
/** No page leads there: the walk ends at the page of the console. */
const nowhere = 'http://localhost/nowhere';

interface Login {
  browser: Browser;
  access: string;
  refresh: string;
}

interface Target {
  http: Http;
  addresses: Addresses;
  publicUrl: string;
  people: People;
}

/** About twelve calls a second. */
export function createPeopleCalls({ http, addresses, publicUrl, people }: Target): Call[] {
  return [
    ...loginCalls(http, addresses, publicUrl),
    ...consoleCalls(addresses, publicUrl, people),
    ...scimCalls(http, people),
  ];
}

function loginCalls(http: Http, addresses: Addresses, publicUrl: string): Call[] {
  const { client_id: clientId, client_secret: secret } = pagesClient;
  const authorization = basic(clientId, secret);
  const oauth = createOAuth(http);
  const kept: Login[] = [];
  let keptMs = 0;
  let turn = 0;
  const requestOf = (more: Record<string, string> = {}) =>
    authorize({ ...authorizationRequest(clientId, scope), ...more });

  return [
    call('login by the pages', 1, async () => {
      const browser = createBrowser(publicUrl);
      const { username, tenant, password } = users[turn++ % users.length] ?? users[0];
      const page = await browser.walk(addresses, requestOf(), { username, tenant, password });
      const code = codeIn(page);
      if (code === undefined) return judgedPage(page, false);
      const answer = await oauth.token(authorization, redemption(code));
      const { access_token: access, refresh_token: refresh } = answer.body ?? {};
      if (typeof access !== 'string' || typeof refresh !== 'string') return { answer, isRight: false };
      if (performance.now() - keptMs > keptEveryMs) {
        keptMs = performance.now();
        kept.push({ browser, access, refresh });
      }
      return { answer, isRight: answer.status === 200 };
    }),
    call(
      'session, token and refresh token of an earlier login',
      1,
      async () => {
        // Asked about in turn; the one at the end waited longest.
        const login = kept.shift();
        if (login === undefined) return undefined;
        kept.push(login);
        const page = await login.browser.walk(addresses, requestOf({ prompt: 'none' }), {});
        if (codeIn(page) === undefined) return judgedPage(page, false);
        if (!(await oauth.isActive(login.access)))
          return {
            answer: { ...unanswered, status: 200, error: 'the access token is dead' },
            isRight: false,
          };
        const answer = await oauth.refresh(authorization, login.refresh);
        login.refresh = String(answer.body?.['refresh_token'] ?? login.refresh);
        return { answer, isRight: answer.status === 200 };
      },
      1,
    ),
  ];
}

/** A team lead administers one contact centre at the console, in a browser that is signed in for some seconds. */
function consoleCalls(addresses: Addresses, publicUrl: string, { consoleId }: People): Call[] {
  const path = `/auth/console/contact-centers/${consoleId}`;
  const [name = ''] = leads.members;
  const lead = { username: name, tenant: officeDomain, password: `demo-${name}-password` };
  let browser: Browser | undefined;
  let written = 0;
  let added: string | undefined;
  const send = async (from: Browser, form: Page, to: string, typed: Record<string, string>) => {
    if (form.status !== 200) return judgedPage(form, false);
    const page = await from.ask(addresses, to, { ...hiddenFieldsOf(form.text, to), ...typed });
    return judgedPage(page, page.location !== undefined && page.status < 400);
  };
  const add = async (used: Browser) => {
    const name = `x-console-${written++}`;
    const to = `${path}/settings/add`;
    const sent = await send(used, await used.ask(addresses, to), to, { name, location: '/', value: name });
    if (sent.isRight) added = name;
    return sent;
  };
  const remove = async (used: Browser, name: string) => {
    added = undefined;
    const to = `${path}/settings/delete`;
    const query = new URLSearchParams({ name, location: '/' });
    return send(used, await used.ask(addresses, `${to}?${query}`), to, {});
  };

  return [
    call('console: sign-in', 0.2, async () => {
      const next = createBrowser(publicUrl);
      const page = await next.walk(addresses, path, lead, nowhere);
      const isRight = page.status === 200 && page.text.includes(officeName);
      if (isRight) browser = next;
      return judgedPage(page, isRight);
    }),
    call('console: page', 2, async () => {
      const page = await browser?.ask(addresses, `${path}/settings`);
      return page && judgedPage(page, page.status === 200);
    }),
    call(
      'console: form',
      1,
      async () => {
        if (browser === undefined) return undefined;
        return added === undefined ? add(browser) : remove(browser, added);
      },
      // A form is refused where another one has changed the same list meanwhile.
      1,
    ),
  ];
}

/** A program with a key of its own makes a person, and takes the person from one step to the next. */
function scimCalls(http: Http, { scimId, scimKey }: People): Call[] {
  const path = `/environment/v3/contact-centers/${scimId}/scim/v2/Users`;
  const authorization = `Bearer ${scimKey}`;
  const created: string[] = [];
  const seen: string[] = [];
  const changed: string[] = [];
  let made = 0;
  const step = (
    kind: string,
    from: string[],
    to: string[] | undefined,
    send: (id: string) => Promise<Answer>,
  ) =>
    call(`SCIM: ${kind}`, 1, async () => {
      const id = from.shift();
      if (id === undefined) return undefined;
      const answer = await send(id);
      const isRight = answer.status === (kind === 'delete' ? 204 : 200);
      if (isRight) to?.push(id);
      return { answer, isRight };
    });

  return [
    call('SCIM: create', 1, async () => {
      const userName = `provisioned-${Date.now()}-${made++}`;
      const json = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, active: true };
      const answer = await http(path, { authorization, json });
      const id = answer.body?.['id'];
      const isRight = answer.status === 201 && typeof id === 'string';
      if (isRight) created.push(id);
      return { answer, isRight };
    }),
    step('read', created, seen, (id) => http(`${path}/${id}`, { authorization })),
    step('patch', seen, changed, (id) => {
      const Operations = [{ op: 'replace', path: 'active', value: false }];
      const json = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations };
      return http(`${path}/${id}`, { method: 'PATCH', authorization, json });
    }),
    step('delete', changed, undefined, (id) => http(`${path}/${id}`, { method: 'DELETE', authorization })),
  ];
}

const unanswered: Answer = { status: 0, body: undefined, requestId: '' };

const call = (kind: string, perSecond: number, send: Call['send'], atOnce = 10): Call => ({
  ...{ kind, perSecond, atOnce },
  send: () =>
    send().catch((error: Error) => ({ answer: { ...unanswered, error: error.message }, isRight: false })),
});

/** A page that is not right says what it is. */
function judgedPage({ status, location, text }: Page, isRight: boolean) {
  const error = `${status} ${location ?? /<title>([^<]*)/.exec(text)?.[1] ?? text.slice(0, 200)}`;
  return { answer: { ...unanswered, status, ...(!isRight && { error }) }, isRight };
}

/** The hidden fields of the form with this action, which a browser sends beside the typed ones. */
export function hiddenFieldsOf(page: string, action: string): Record<string, string> {
  const form = formsIn(page).find((one) => one.action.split('?')[0] === action);
  const hidden = form?.inputs.filter(({ type }) => type === 'hidden') ?? [];
  return Object.fromEntries(hidden.map(({ name, value }) => [name, value]));
}
