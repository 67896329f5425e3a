/** Uses Auth API as people of one directory and their applications do. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { expect } from 'vitest';
import type { PersonKey } from '../../../services/auth-api/src/records/revocation/revocation.ts';
import { type Browser, createBrowser } from '../../../services/auth-api/test/stack/browser.ts';
import * as oauth from '../../../services/auth-api/test/stack/oauth.ts';
import type { NewPerson, Source } from './source.ts';
import type { Stage } from './stage.ts';

export type Door = ReturnType<typeof openDoor>;

/** The session and tokens of somebody who came in. */
interface Held {
  browser: Browser;
  tokens: Pick<oauth.OAuthJson, 'access_token' | 'refresh_token'>;
}

/** Fits the rules of every directory. */
const password = 'Correct-Horse-1';
export const anotherPassword = 'Another-Horse-2';
/** Nobody has signed in from there. */
export const strangeAddress = '198.51.100.1';

let people = 0;

export function openDoor({ authApi, environmentApi, client }: Stage, source: Source) {
  const { domain } = source;
  const newBrowser = (address?: string) => createBrowser(authApi.app, address);
  const post = (path: string, data: object, browser: Browser) =>
    browser.postJson(`/auth/v3/${path}`, { data });
  const introspect = (token: string) => oauth.introspect(authApi, client, token);
  const userinfo = async ({ access_token }: Pick<oauth.OAuthJson, 'access_token'>) => {
    const answer = await newBrowser().get('/auth/v3/userinfo', { authorization: `Bearer ${access_token}` });
    expect(answer.status, answer.body).toBe(200);
    return answer.json() as Record<string, unknown>;
  };

  return {
    source,
    authApi,
    client,
    newBrowser,
    /** With a name of their own, so that no case counts against another. */
    async person(fields: Partial<NewPerson> = {}): Promise<NewPerson> {
      const userName = `Person-${++people}`;
      const person = {
        ...{ userName, password, firstName: 'Ada', lastName: 'Agent', groups: [] },
        ...{ employeeId: `E-${people}`, email: `${userName}@Example.com`, externalId: randomUuid() },
        ...fields,
      };
      watchSecret(person.password, 'password of a person');
      await source.add(person);
      return person;
    },
    login: (username: string, text: string, browser = newBrowser()) =>
      post('sign-in', { username, password: text, tenant: domain }, browser),
    grant: (username: string, text: string) =>
      oauth.token(authApi, client, {
        ...{ grant_type: 'password', username: `${domain}\\${username}`, password: text },
      }),
    /** A browser and tokens of the person, who is signed in. */
    async enter({ userName, password: text }: Pick<NewPerson, 'userName' | 'password'>): Promise<Held> {
      const browser = newBrowser();
      const answer = await post('sign-in', { username: userName, password: text, tenant: domain }, browser);
      expect(answer.status, answer.body).toBe(200);
      const code = await oauth.getCode(authApi, browser, client);
      const tokens = (await oauth.redeem(authApi, client, code)).json();
      return { browser, tokens };
    },
    change: (userName: string, oldPassword: string, newPassword: string, browser = newBrowser()) =>
      post('change-password', { userName, tenant: domain, oldPassword, newPassword }, browser),
    refresh: ({ refresh_token }: Pick<oauth.OAuthJson, 'refresh_token'>) =>
      oauth.token(authApi, client, { grant_type: 'refresh_token', refresh_token }),
    userinfo,
    personOf(userName: string): Promise<PersonKey> {
      return findPerson(authApi, source, userName);
    },
    /** Of people with this role; undefined: of nobody. Until Auth API has seen it. */
    async requireFactorOf(role?: string): Promise<void> {
      const requiredRoles = role === undefined ? [] : [role];
      const { contactCenterId } = source;
      const answer = await environmentApi.call('PATCH', `/contact-centers/${contactCenterId}`, {
        payload: { data: { secondFactor: { requiredRoles, enrolmentGraceDays: 0 } } },
      });
      expect(answer.status, answer.text).toBe(200);
      const { service } = authApi.deps.contactCenters;
      const seen = async () => (await service.get(contactCenterId))?.secondFactor?.requiredRoles;
      await expect.poll(seen, { timeout: 5_000 }).toEqual(requiredRoles);
    },
    /** The person as every application sees it. */
    async identity(tokens: Pick<oauth.OAuthJson, 'access_token'>) {
      const { dbid, loginName } = await userinfo(tokens);
      return { sub: (await introspect(tokens.access_token))['sub'], dbid, loginName };
    },
    /** Tells which parts of it are alive. */
    async alive({ browser, tokens }: Held): Promise<string[]> {
      const isIn = (await browser.get('/auth/v3/ping')).status === 200;
      const isActive = async (token: string) => (await introspect(token))['active'] === true;
      return [
        ...(isIn ? ['session'] : []),
        ...((await isActive(tokens.access_token)) ? ['access token'] : []),
        ...((await isActive(tokens.refresh_token)) ? ['refresh token'] : []),
      ];
    },
  };
}

async function findPerson(
  { deps }: Stage['authApi'],
  { contactCenterId }: Source,
  userName: string,
): Promise<PersonKey> {
  const contactCenter = await deps.contactCenters.service.get(contactCenterId);
  const found = contactCenter && (await deps.accounts.service.find(contactCenter, userName));
  if (found === undefined) throw new Error(`there is no ${userName}`);
  return { contactCenterId, sub: found.sub };
}

export const everything = ['session', 'access token', 'refresh token'];

/** Status and reason of an answer in the envelope. */
export function outcome({ status, body }: { status: number; body: string }): string {
  return `${status} ${(JSON.parse(body) as { status: { name?: string } }).status.name ?? 'ok'}`;
}
