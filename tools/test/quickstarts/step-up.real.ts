/** The APIs and the application of docs/guides/step-up.md, as printed: a person goes through step-up by an app for codes in Chromium, and nothing else is enough. */
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { addApp, setPolicy } from '../../../services/auth-ui/test/console/factors.ts';
import { people, type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { enterName, enterPassword, type Person } from '../../stack/login-pages.ts';
import { basic } from '../e2e/calls.ts';
import { blocksOf, openBlocks } from './page.ts';
import { isMissing, maven, npm, pip } from './programs.ts';

const page = blocksOf('guides/step-up');
/** The libraries of each API. */
const libraries = {
  Node: [],
  Python: [['Flask', pip('flask')]],
  Spring: [['Spring Boot', maven('spring-boot-starter-parent')]],
} as const;
const languages = ['Node', 'Python', 'Spring'] as const;
/** One each: every code of their app works once. */
const personOf = { Node: people.agent, Python: people.supervisor, Spring: people.admin } as const;
const secret = 'a-secret-of-your-own';
const program = 'night-job';

let stage: Stage;
let browser: Browser;
let place: string;
let variables: { AUTH: string; OPS: string; APP: string; API: string };
let stopApplication: () => Promise<void>;
/** How far the clock of Auth API is behind. */
let behindMs = 0;
const authApiNow = () => Date.now() - behindMs;

describe.skipIf(findChromium() === undefined)('step-up', () => {
  beforeAll(async () => {
    stage = await startStage({ authApiNow });
    browser = await sharedChromium();
    await setPolicy(stage, { mode: 'offered', rememberDays: 7 });
    place = await temporaryFolder();
    variables = {
      AUTH: `${stage.publicUrl}/auth/v3`,
      OPS: `${ops.username}:${ops.password}`,
      APP: `http://localhost:${await freePort()}`,
      API: `http://localhost:${await freePort()}`,
    };
    watchSecret(secret, 'secret of the guide');
    const application = blocksIn('Before you begin', 'The application');
    const answers = await application.prepare();
    expect(answers.map((answer) => JSON.parse(answer).status.code)).toEqual([0, 0]);
    await application.once('application');
    const registered = await fetch(`${variables.AUTH}/ops/clients`, {
      method: 'POST',
      headers: { authorization: basic(ops), 'content-type': 'application/json' },
      body: JSON.stringify({
        data: {
          client_id: program,
          client_secret: secret,
          authorizedGrantTypes: ['client_credentials'],
          scope: ['calls:read', 'calls:write'],
        },
      }),
    });
    expect(registered.status).toBe(200);
    stopApplication = await application.run(variables.APP);
  }, 120_000);

  afterAll(async () => {
    await stopApplication?.();
    await closeContexts(browser);
    await stage?.close();
  });

  recordForeignSoftware('openid-client', 'goes through step-up by the guide', () =>
    npm('openid-client')(place),
  );

  describe.each(languages)('at an API in %s', (language) => {
    const it = test.skipIf(isMissing(language));
    const person = { ...personOf[language], tenant: 'demo' };
    let stopApi: () => Promise<void>;
    let codeOf: (atMs: number) => string;
    let context: BrowserContext;

    beforeAll(async () => {
      if (isMissing(language)) return;
      const api = blocksIn(language);
      await api.prepare();
      stopApi = await api.run(`${variables.API}/calls`, 'api');
      context = await browser.newContext();
      codeOf = await tenMinutesAgo(async () => {
        const atAccount = stage.newPerson();
        await atAccount.openAs('/auth/account', person);
        // By the code before that of the first sign-in.
        return addApp(atAccount, authApiNow() - 30_000);
      });
    }, 300_000);
    afterAll(() => stopApi?.());

    for (const [name, version] of libraries[language])
      recordForeignSoftware(name, 'asks for step-up by the guide', () => version(place));

    it('a second factor of ten minutes ago is asked for again, and the password beside it', async () => {
      const window = await tenMinutesAgo(async () => {
        const opened = await context.newPage();
        await enter(opened, person);
        await giveCode(opened, codeOf(authApiNow()));
        await said(opened, /^You are signed in$/);
        return opened;
      });
      await press(window, 'Delete the calls');
      await enterName(window, person);
      await enterPassword(window, person.password);
      await window.getByRole('checkbox').check();
      await giveCode(window, codeOf(Date.now()));
      await said(window, /^DELETE: 200 done for /);
    });

    it('a person whom a remembered browser let in by the password gives the second factor, and what was wanted is done', async () => {
      const window = await signedInAgain(context, person);
      await press(window, 'Read the calls');
      await said(window, /^GET: 200 done for /);
      await press(window, 'Delete the calls');
      // The next one: that of now was given in the test before.
      await giveCode(window, codeOf(Date.now() + 30_000));
      await said(window, /^DELETE: 200 done for /);
      // For five minutes nothing more is asked.
      await press(window, 'Delete the calls');
      await said(window, /^DELETE: 200 done for /);
    });

    it('a person who edits the address of the sign-in gets a token that is not enough', async () => {
      const window = await signedInAgain(context, person);
      const sent = await window.request.post(`${variables.APP}/delete`, { maxRedirects: 0 });
      const address = new URL(sent.headers()['location'] ?? '');
      expect(address.searchParams.get('acr_values')).toBe('urn:gatehouse:acr:second-factor');
      for (const name of ['acr_values', 'max_age']) address.searchParams.delete(name);
      await window.goto(address.href);
      await said(window, /^This needs a stronger sign-in than yours$/);
    });

    it('a program that may do both reads, and satisfies no step-up', async () => {
      const token = await tokenOfProgram();
      const ask = async (method: string, authorization?: string) => {
        const headers = authorization === undefined ? {} : { authorization };
        const { status, headers: answered } = await fetch(`${variables.API}/calls`, { method, headers });
        return [status, answered.get('www-authenticate')];
      };
      expect(await ask('GET', `Bearer ${token}`)).toEqual([200, null]);
      expect(await ask('DELETE', `Bearer ${token}`)).toEqual([
        401,
        'Bearer error="insufficient_user_authentication", acr_values="urn:gatehouse:acr:second-factor", max_age="300"',
      ]);
      expect(await ask('DELETE')).toEqual([401, expect.stringMatching(/^Bearer/)]);
      expect(await ask('DELETE', 'Bearer not.a.token')).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
      const reader = await tokenOfProgram('calls:read');
      expect(await ask('DELETE', `Bearer ${reader}`)).toEqual([
        403,
        expect.stringContaining('error="insufficient_scope"'),
      ]);
    });
  });
});

function blocksIn(...sections: string[]) {
  return openBlocks(
    page.filter(({ section }) => sections.includes(section ?? '')),
    place,
    variables,
  );
}

async function tenMinutesAgo<T>(act: () => Promise<T>): Promise<T> {
  behindMs = 600_000;
  return act().finally(() => {
    behindMs = 0;
  });
}

/** At the sign-in of the application. */
async function enter(window: Page, person: Person): Promise<void> {
  await window.goto(variables.APP);
  await enterName(window, person);
  await enterPassword(window, person.password);
}

/** In a browser that is remembered, and in which nobody is signed in. */
async function signedInAgain(context: BrowserContext, person: Person): Promise<Page> {
  for (const name of ['session', 'gatehouse-session']) await context.clearCookies({ name });
  const window = await context.newPage();
  await enter(window, person);
  await said(window, /^You are signed in$/);
  return window;
}

const press = (window: Page, name: string) => window.getByRole('button', { name }).click();
const said = (window: Page, name: RegExp) => window.getByRole('heading', { name }).waitFor();

/** At the page of the second step. */
async function giveCode(window: Page, code: string): Promise<void> {
  await window.locator('input[name=code]').fill(code);
  await window.locator('input[name=code]').press('Enter');
}

/** Of a client that acts for nobody. */
async function tokenOfProgram(scope = 'calls:read calls:write'): Promise<string> {
  const { AUTH, API } = variables;
  const answer = await fetch(`${AUTH}/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic({ username: program, password: secret }) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: API }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  watchSecret(token, 'access token');
  return token;
}
