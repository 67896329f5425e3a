/** A sign-in, the console and refused paths through nginx and Traefik, by the files that the guide prints. */
import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enterName, enterPassword, type Person } from '../../stack/login-pages.ts';
import { basic } from '../e2e/calls.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from '../e2e/running-stack.ts';
import { type Front, isMissing, kinds, startFront } from './fronts.ts';
import { printedChecks, publicHost, publicUrl } from './guide.ts';

const chromium = findChromium();
const api = `${publicUrl}/auth/v3`;
/** Of no caller here: it stands for what a caller says of itself. */
const claimedAddress = '203.0.113.9';

let stateFolder: string;
let stack: RunningStack;

beforeAll(async () => {
  if (kinds.every(isMissing)) return;
  stateFolder = await newStateFolder();
  stack = await startStack(stateFolder, '--quiet', '--public-url', publicUrl);
}, startTimeoutMs);

afterAll(async () => {
  await stack?.end();
  if (stateFolder) await rm(stateFolder, { recursive: true, force: true });
}, 60_000);

const personNamed = (name: string) =>
  stack.description.users.find(({ username }) => username === name) as Person;

function clientNamed(id: string) {
  const client = stack.description.clients.find(({ client_id }) => client_id === id);
  if (client === undefined) throw new Error(`there is no client ${id}`);
  const { client_id: name, client_secret: secret, redirectURIs } = client;
  return { account: `-u '${name}:${secret}'`, redirectUri: redirectURIs[0] ?? '' };
}

async function signIn(page: Page, name: string): Promise<void> {
  const person = personNamed(name);
  await enterName(page, person);
  await enterPassword(page, person.password);
}

for (const kind of kinds)
  describe.skipIf(isMissing(kind))(kind.name, () => {
    let front: Front;
    let browser: Browser | undefined;

    beforeAll(async () => {
      front = await startFront(kind, stack.description);
      if (chromium)
        browser = await launchChromium(chromium, [
          `--host-resolver-rules=MAP ${publicHost}:443 127.0.0.1:${front.port}`,
        ]);
    });
    afterAll(async () => {
      await browser?.close();
      await front?.close();
    });
    recordForeignSoftware(kind.name, 'is served behind it by the files of the guide', () =>
      printedVersion(kind.program as string, kind.versionArgument),
    );

    /** A page of somebody new, and what Chromium says against the pages of the public host. */
    async function visit(): Promise<{ page: Page; complaints: string[] }> {
      const page = await (browser as Browser).newPage({ ignoreHTTPSErrors: true, locale: 'en' });
      const complaints: string[] = [];
      page.on('console', (message) => {
        const isOurs = message.location().url.startsWith(publicUrl);
        if (message.type() === 'error' && isOurs) complaints.push(message.text());
      });
      return { page, complaints };
    }

    test('answers the commands of the guide as it says', async () => {
      const [health = '', discovery = '', operator = ''] = printedChecks;
      const saidOf = async (command: string) => `# ${(await front.shell(command)).trim()}`;
      expect(health).toContain(await saidOf(health));
      expect(JSON.parse(await front.shell(discovery))).toMatchObject({ issuer: api });
      expect(operator).toContain(await saidOf(operator));
      const documents = {
        '/.well-known/openid-configuration/auth/v3': { issuer: api },
        '/.well-known/oauth-authorization-server/auth/v3': { issuer: api },
        '/.well-known/oauth-protected-resource/auth/v3/userinfo': { authorization_servers: [api] },
        '/.well-known/oauth-protected-resource/environment/v3': { authorization_servers: [api] },
      };
      for (const [path, expected] of Object.entries(documents))
        expect(JSON.parse(await front.shell(`curl ${publicUrl}${path}`)), path).toMatchObject(expected);
    });

    test.skipIf(!chromium)(
      'a person signs in, and the code gives a token that UserInfo takes',
      async () => {
        const { account, redirectUri } = clientNamed('playground');
        const verifier = randomBytes(32).toString('base64url');
        const query = new URLSearchParams({
          response_type: 'code',
          client_id: 'playground',
          redirect_uri: redirectUri,
          scope: 'openid profile',
          state: 'a-state',
          code_challenge: createHash('sha256').update(verifier).digest('base64url'),
          code_challenge_method: 'S256',
        });
        const { page, complaints } = await visit();
        await page.goto(`${api}/oauth/authorize?${query}`);
        expect(page.url()).toMatch(`${publicUrl}/auth/sign-in.html?`);
        await signIn(page, 'agent');
        await page.waitForURL(`${redirectUri}?**`);
        const back = new URL(page.url()).searchParams;
        const code = back.get('code') ?? '';
        watchSecret(code, 'authorization code');
        expect(Object.fromEntries(back)).toMatchObject({ state: 'a-state', iss: api });
        const cookies = (await page.context().cookies(publicUrl)).filter(({ name }) =>
          name.includes('gatehouse'),
        );
        expect(cookies.length).toBeGreaterThan(0);
        for (const { name, secure } of cookies) expect([name.slice(0, 7), secure]).toEqual(['__Host-', true]);

        const form = `-d grant_type=authorization_code -d code=${code} -d code_verifier=${verifier}`;
        const answer = JSON.parse(
          await front.shell(`curl ${account} ${form} -d redirect_uri=${redirectUri} ${api}/oauth/token`),
        ) as { access_token: string; id_token: string };
        watchSecret(answer.access_token, 'access token');
        watchSecret(answer.id_token, 'id token');
        const userInfo = await front.shell(
          `curl -H 'Authorization: Bearer ${answer.access_token}' ${api}/userinfo`,
        );
        expect(JSON.parse(userInfo)).toMatchObject({ username: 'demo\\agent' });
        expect(complaints).toEqual([]);
      },
      90_000,
    );

    test.skipIf(!chromium)(
      'an administrator signs in at the console, and reads there what the other services have',
      async () => {
        const { page, complaints } = await visit();
        await page.goto(`${publicUrl}/auth/console/contact-centers`);
        await signIn(page, 'admin');
        await page.getByRole('link', { name: 'Demo contact centre' }).click();
        await page.waitForURL(
          `${publicUrl}/auth/console/contact-centers/${stack.description.contactCenterId}`,
        );
        expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Demo contact centre');
        expect(complaints).toEqual([]);
      },
      90_000,
    );

    test('leads nobody to the calls of the operator, however their path is spelled', async () => {
      const { services, ops } = stack.description;
      const path = '/auth/v3/ops/clients?limit=1';
      const headers = { authorization: basic(ops) };
      expect((await fetch(`${services['auth-api'].url}${path}`, { headers })).status).toBe(200);
      const spellings = [
        path,
        `/${path}`,
        '/auth//v3/ops/clients',
        '/auth/v3//ops/clients',
        '/auth/v3/./ops/clients',
        '/auth/v3/%2e/ops/clients',
        '/auth/v3/oauth/../ops/clients',
        '/environment/v3/../../auth/v3/ops/clients',
        '/auth/v3/%6fps/clients',
        '/%61uth/v3/ops/clients',
        '/auth/v3/ops%2fclients',
        '/auth/v3%2fops/clients',
      ];
      const status = (spelling: string) =>
        front.shell(
          `curl --path-as-is -o /dev/null -w '%{http_code}' -u '${ops.username}:${ops.password}' '${publicUrl}${spelling}'`,
        );
      for (const spelling of spellings) expect(await status(spelling), spelling).toMatch(/^40[04]$/);
    });

    test('tells the services the address of the caller, and nothing that the caller says of it', async () => {
      const { localUrl, ops } = stack.description;
      const { account } = clientNamed('external_api_client');
      const person = `somebody-behind-${kind.name}`;
      const claims = `-H 'X-Forwarded-For: ${claimedAddress}' -H 'Forwarded: for=${claimedAddress}'`;
      const form = `-d grant_type=password --data-urlencode 'username=demo\\${person}' -d password=a-wrong-password`;
      expect(await front.shell(`curl ${claims} ${account} ${form} ${api}/oauth/token`)).toContain(
        'invalid_grant',
      );
      const query = new URLSearchParams({ name: 'login_failed' });
      await expect
        .poll(
          async () => {
            const answer = await fetch(`${localUrl}/auth/v3/ops/audit?${query}`, {
              headers: { authorization: basic(ops) },
            });
            const { data } = (await answer.json()) as {
              data: { clientAddress: string; fields: { userName?: string } }[];
            };
            const ofPerson = data.filter(({ fields }) => fields.userName?.includes(person));
            return ofPerson.map(({ clientAddress }) => clientAddress);
          },
          { timeout: 10_000 },
        )
        .toEqual(['127.0.0.1']);
    });
  });
