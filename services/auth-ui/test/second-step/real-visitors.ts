/** People at a real Chromium in front of the three services: each in a contact centre of their own, with its own policy. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import type { SecondFactor } from '@gatehouse/contracts/environment-api';
import { assuranceNames } from '@gatehouse/contracts/values';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import { watchSecret } from '@gatehouse/testing/secrets';
import { decodeJwt, type JWTPayload } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { stepMs } from '../../../auth-api/test/factors/people.ts';
import {
  authorizeUrl,
  createClient,
  opsCall,
  type TestClient,
  verifier,
} from '../../../auth-api/test/stack/oauth.ts';
import { codeOfApp } from '../../../auth-api/test/stack/second-factor.ts';
import { startApplication } from '../browser/browser.ts';
import { people, type Stage, startStage } from '../console/stage.ts';

export type Estate = Awaited<ReturnType<typeof startEstate>>;
export type Visitor = Awaited<ReturnType<Estate['visit']>>;

export interface Place {
  id: string;
  name: string;
  domain: string;
}

/** Of an application that asks for two factors. */
export const wantsFactor = { acr_values: assuranceNames.secondFactor };
export const byApp = { acr: assuranceNames.secondFactor, amr: ['pwd', 'otp', 'mfa'] };

type ContextOptions = Parameters<Browser['newContext']>[0];

interface Person {
  username: string;
  password: string;
}

let places = 0;
let persons = 0;

export async function startEstate() {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const stage = await startStage({ authApiNow: now });
  const browser = await sharedChromium();
  const application = await startApplication();
  const client = await createClient(stage.authApi, { redirectURIs: [`${application.origin}/callback`] });

  return {
    stage,
    now,

    /** Of Auth API: as if so much time had passed. */
    pass(ms: number): void {
      aheadMs += ms;
    },

    /** Where the agent of the demo estate is somebody of whom nothing is known. */
    async place(secondFactor: Partial<SecondFactor>): Promise<Place> {
      const [name, domain] = [`Desk ${++places}`, `desk-${places}`];
      const { environmentId } = stage;
      const id = await stage.environmentApi.contactCenter({
        environmentId,
        name,
        domains: [domain],
        secondFactor,
      });
      return { id, name, domain };
    },

    async invite({ id }: Place): Promise<string> {
      const data = { user: people.agent.username, contactCenter: id, reason: 'first day' };
      const answer = await opsCall(stage.authApi, 'POST', '/auth/v3/ops/people/factors/invitation', { data });
      const { code } = answer.json<{ data: { code: string } }>().data;
      watchSecret(code, 'invitation');
      return code;
    },

    /** Names and outcomes of the events of a contact centre. */
    async events(name: string, { id }: Place): Promise<{ outcome: string }[]> {
      const path = `/auth/v3/ops/audit?${new URLSearchParams({ name, contactCenterId: id })}`;
      return (await opsCall(stage.authApi, 'GET', path)).json<{ data: { outcome: string }[] }>().data;
    },

    /** Somebody else at the same Configuration Server. */
    async newPerson() {
      const somebody = { username: `person-${++persons}`, password: `the-password-of-${persons}` };
      const { username: userName, password } = somebody;
      watchSecret(password, 'password of a person');
      const { store } = stage.authApi.simulator;
      const { DBID } = await store.createPerson({ tenantDbid: 101, userName, password });
      const mustChange = () => store.updatePerson(DBID as number, { changePasswordOnNextLogin: 2 });
      return { ...somebody, mustChange };
    },

    /** A browser of its own. */
    async visit(place: Place, options?: ContextOptions, person: Person = people.agent) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(10_000);
      return visitorAt({ stage, client, place, person, context, page: await context.newPage(), now });
    },

    async close(): Promise<void> {
      await closeContexts(browser);
      await application.close();
      await stage.close();
    },
  };
}

interface Surroundings {
  stage: Stage;
  client: TestClient;
  place: Place;
  person: Person;
  context: BrowserContext;
  page: Page;
  now: () => number;
}

function visitorAt({ stage, client, place, person, context, page, now }: Surroundings) {
  const { publicUrl } = stage;
  const heading = async () => (await page.locator('h1').first().textContent())?.trim() ?? '';

  /** Sends a form, or follows a link, and waits for the page after it. */
  async function press(name: string | RegExp): Promise<void> {
    const control = page.getByRole('button', { name }).or(page.getByRole('link', { name }));
    await control.first().click();
  }

  const visitor = {
    place,
    context,
    page,
    press,

    /** Waits for the page. */
    async sees(title: string | RegExp): Promise<void> {
      try {
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
      } catch {
        throw new Error(
          `the page is "${await heading()}", not "${title}":\n${await page.locator('main').ariaSnapshot()}`,
        );
      }
    },

    says: async (words: string | RegExp): Promise<void> => {
      await page.getByText(words).first().waitFor();
    },

    /** At the page after the password: an application wants the person. */
    async signIn(parameters: Record<string, string> = {}): Promise<void> {
      await visitor.openSignIn(parameters);
      await visitor.enterPassword();
    },

    /** At the sign-in page, which knows nobody yet. */
    openSignIn: (parameters: Record<string, string> = {}) =>
      page.goto(`${publicUrl}${authorizeUrl(client, { scope: 'openid', ...parameters })}`),

    async enterPassword(): Promise<void> {
      await page.fill('#username', person.username);
      await page.fill('#tenant', place.domain);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#password');
      await page.fill('#password', person.password);
      await Promise.all([
        page.waitForURL((url) => !url.pathname.endsWith('/sign-in.html')),
        page.keyboard.press('Enter'),
      ]);
    },

    openAccount: (path = '') => page.goto(`${publicUrl}/auth/account${path}`),

    /** What the application learns of the sign-in that has just ended there. */
    async claims(): Promise<JWTPayload> {
      await page.waitForURL(`${client.redirectUri}?**`);
      const code = new URL(page.url()).searchParams.get('code') ?? '';
      const { clientId, clientSecret = '', redirectUri } = client;
      const answer = await fetch(`${publicUrl}/auth/v3/oauth/token`, {
        method: 'POST',
        headers: { authorization: basicAuthorization(clientId, clientSecret) },
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
        }),
      });
      const { id_token: idToken } = (await answer.json()) as { id_token: string };
      return decodeJwt(idToken);
    },

    /** The app reads the address that the page shows, and shows the code of now, or of `ahead` steps later. */
    async scanned(): Promise<(ahead?: number) => string> {
      const uri = (await page.locator('a[href^="otpauth:"]').getAttribute('href')) ?? '';
      watchSecret(new URL(uri).searchParams.get('secret') ?? '', 'secret of an app for codes');
      const codeAt = codeOfApp(uri);
      return (ahead = 0) => codeAt(now() + ahead * stepMs);
    },

    async type(code: string): Promise<void> {
      await page.fill('#code', code);
      await page.keyboard.press('Enter');
    },

    async shownCodes(): Promise<string[]> {
      const codes = await page.locator('[data-codes] code').allTextContents();
      for (const code of codes) watchSecret(code, 'recovery code');
      return codes;
    },

    /** Signs in with a new app in the time of grace, up to the application. */
    async enrolApp(): Promise<{ code: (ahead?: number) => string; used: string; codes: string[] }> {
      await visitor.signIn(wantsFactor);
      await press('Set up an app');
      await visitor.sees('Set up the app');
      const code = await visitor.scanned();
      const used = code();
      await visitor.type(used);
      await visitor.sees('Keep your recovery codes');
      const codes = await visitor.shownCodes();
      await press('I have kept the codes');
      await visitor.claims();
      return { code, used, codes };
    },

    /** Forgets what the browser knows, as another browser would. */
    forget: () => context.clearCookies(),
  };
  return visitor;
}
