/** Runs the programs of docs/start/quickstarts in some languages, as printed, against a local stack of their own. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { freePort } from '@gatehouse/testing/network';
import { findProgram, temporaryFolder } from '@gatehouse/testing/programs';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enterName, enterPassword, type Person } from '../../stack/login-pages.ts';
import { basic } from '../e2e/calls.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from '../e2e/running-stack.ts';
import { type Language, openFolder } from './page.ts';

const chromium = findChromium();
const secret = 'a-secret-of-your-own';

/** The version of a library that the programs in a folder use. */
type VersionIn = (place: string) => string;
export const npm =
  (name: string): VersionIn =>
  (place) =>
    JSON.parse(readFileSync(join(place, 'node_modules', name, 'package.json'), 'utf8')).version;
export const pip =
  (name: string): VersionIn =>
  (place) =>
    printedVersion(join(place, '.venv/bin/pip'), 'show', name);
export const maven =
  (name: string): VersionIn =>
  (place) =>
    new RegExp(`<artifactId>${name}</artifactId>\\s*<version>(.+?)<`).exec(
      readFileSync(join(place, 'pom.xml'), 'utf8'),
    )?.[1] ?? '';

/** The libraries of the programs that speak OAuth and OpenID Connect. */
const libraries: Record<Language | 'Spring', Record<string, VersionIn>> = {
  Node: { 'openid-client': npm('openid-client'), jose: npm('jose') },
  Python: { Authlib: pip('authlib'), PyJWT: pip('pyjwt') },
  Java: { 'Nimbus OAuth 2.0 SDK': maven('oauth2-oidc-sdk') },
  Spring: { 'Spring Boot': maven('spring-boot-starter-parent') },
};

export function runQuickstarts(languages: readonly (Language | 'Spring')[]): void {
  let stateFolder: string;
  let stack: RunningStack;
  let browser: Browser | undefined;
  let variables: { AUTH: string; OPS: string; APP: string; API: string };

  beforeAll(async () => {
    stateFolder = await newStateFolder();
    stack = await startStack(stateFolder, '--quiet');
    browser = chromium === undefined ? undefined : await sharedChromium();
    const { publicUrl, ops } = stack.description;
    variables = {
      AUTH: `${publicUrl}/auth/v3`,
      OPS: `${ops.username}:${ops.password}`,
      APP: `http://localhost:${await freePort()}`,
      API: `http://localhost:${await freePort()}`,
    };
    watchSecret(secret, 'secret of the quickstarts');
  }, startTimeoutMs);

  afterAll(async () => {
    await closeContexts(browser);
    await stack?.end();
    rmSync(stateFolder, { recursive: true, force: true });
  }, 60_000);

  describe.each(languages)('in %s', (language) => {
    const it = test.skipIf(isMissing(language));
    const inBrowser = test.skipIf(isMissing(language) || chromium === undefined);

    /** One folder for all pages, so that libraries are fetched once. */
    let place: string | undefined;

    for (const [name, version] of Object.entries(libraries[language]))
      recordForeignSoftware(name, 'is used by a quickstart, which runs as printed', () =>
        version(place as string),
      );

    /** Registers what the page registers, once for all languages. */
    async function open(page: string) {
      place ??= await temporaryFolder();
      const folder = openFolder(page, language, place, variables);
      for (const answer of await folder.prepare())
        expect([0, 409], answer).toContain(JSON.parse(answer).status.code);
      return folder;
    }

    async function signInAndOut(page: Page): Promise<void> {
      const [person] = stack.description.users as [Person];
      await page.goto(variables.APP);
      await page.getByText('Sign in').click();
      await enterName(page, person);
      await enterPassword(page, person.password);
      await page.getByRole('heading', { name: 'Hello Ada Agent' }).waitFor();
      expect(page.url()).toBe(`${variables.APP}/`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Hello', exact: true }).waitFor();
      // The session at Gatehouse has ended too: it asks again.
      await page.getByText('Sign in').click();
      await page.locator('input[name=username]').waitFor();
    }

    const isSpring = language === 'Spring';

    inBrowser.each(isSpring ? ['spring'] : ['single-page-application', 'web-application'])(
      'a person signs in and out: %s',
      async (name) => {
        const folder = await open(name);
        const stop = await folder.run(variables.APP);
        const context = await (browser as Browser).newContext();
        try {
          await signInAndOut(await context.newPage());
          if (name === 'web-application')
            expect((await fetch(`${variables.APP}/callback?code=x&state=y`)).status).toBeGreaterThanOrEqual(
              400,
            );
        } finally {
          await context.close();
          await stop();
        }
      },
      120_000,
    );

    it('a service exchanges its user’s token, and the API checks it both ways', async () => {
      const api = await open(isSpring ? 'spring' : 'api');
      const stop = await api.run(`${variables.API}/calls`, isSpring ? 'run-api' : 'run');
      try {
        const service = await open('service-to-service');
        const { access_token: userToken } = JSON.parse(await service.once('token'));
        watchSecret(userToken, 'access token');
        // The page of Spring has no caller.
        if (!isSpring) expect((await service.once('once', { USER_TOKEN: userToken })).trim()).toBe('200 200');

        const token = await exchange(variables.AUTH, userToken);
        const ask = async (method: string, bearer?: string) =>
          (
            await fetch(`${variables.API}/calls`, {
              method,
              headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
            })
          ).status;
        expect([await ask('GET'), await ask('POST')]).toEqual([401, 401]);
        // It was issued to another party and names no audience of ours.
        expect([await ask('GET', userToken), await ask('POST', userToken)]).toEqual([401, 401]);
        expect([await ask('GET', token), await ask('POST', token)]).toEqual([200, 403]);
        await post(variables.AUTH, 'revoke', 'quickstart-service', { token });
        // The page warns of it: a program that reads the token alone learns nothing of its revocation.
        expect([await ask('GET', token), await ask('POST', token)]).toEqual([200, 401]);
      } finally {
        await stop();
      }
    }, 120_000);

    test.skipIf(!isSpring || isMissing(language))(
      'an API by settings alone refuses the type at+jwt and takes the type JWT',
      async () => {
        const service = await open('service-to-service');
        const { access_token: userToken } = JSON.parse(await service.once('token'));
        const before = await exchange(variables.AUTH, userToken);
        const api = await open('spring');
        expect(JSON.parse(await api.once('plain')).status.code).toBe(0);
        const after = await exchange(variables.AUTH, userToken);
        const stop = await api.run(`${variables.API}/calls`, 'run-plain-api');
        try {
          const ask = async (bearer: string) =>
            (await fetch(`${variables.API}/calls`, { headers: { authorization: `Bearer ${bearer}` } }))
              .status;
          expect([await ask(before), await ask(after)]).toEqual([401, 200]);
        } finally {
          await stop();
        }
      },
      120_000,
    );
  });
}

export function isMissing(language: Language | 'Spring'): boolean {
  const answers = (program: string, ...args: string[]) =>
    findProgram(program) !== undefined && spawnSync(program, args).status === 0;
  if (language === 'Python')
    return !answers('python3', '-c', 'import sys, ensurepip; assert sys.version_info >= (3, 10)');
  // Running a source file needs the compiler, and the programs need Java 17.
  if (language === 'Node') return false;
  const compiler = spawnSync('javac', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  return Number(/^javac (\d+)/.exec(compiler)?.[1] ?? 0) < 17 || findProgram('mvn') === undefined;
}

/** A JWT for the API that allows reading alone. */
async function exchange(issuer: string, userToken: string): Promise<string> {
  const answer = await post(issuer, 'token', 'quickstart-service', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: userToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    audience: 'quickstart-api',
    scope: 'calls:read',
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  watchSecret(token, 'access token');
  return token;
}

function post(
  issuer: string,
  endpoint: string,
  username: string,
  form: Record<string, string>,
): Promise<Response> {
  return fetch(`${issuer}/oauth/${endpoint}`, {
    method: 'POST',
    headers: { authorization: basic({ username, password: secret }) },
    body: new URLSearchParams(form),
  });
}
