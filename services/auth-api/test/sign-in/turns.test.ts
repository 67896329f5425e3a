/** How often a login waits for Redis and PostgreSQL: without a policy as before there were any, and with factors within budgets of their own. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { addApp, addPasskey, stepMs } from '../factors/people.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { signedIn } from '../stack/backchannel.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { agent, signIn } from '../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  redeem,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';
import { requireFactors } from '../stack/second-factor.ts';
import { personOf, readStep } from '../stack/second-step.ts';
import { countTurns, type Turns } from '../stack/turns.ts';

let stack: AuthApi;
let client: TestClient;
let person: PersonKey;
let counted: ReturnType<typeof countTurns>;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' } });
  client = await createClient(stack, { scope: ['openid'] });
  person = await personOf(stack, await signedIn(stack));
  counted = countTurns(stack);
});
afterAll(() => stack?.close());

/** What stands between the password and the application; the last one gives the address of the application. */
type Between = Record<string, (browser: Browser) => Promise<string | undefined>>;

/** Turns of each request of a login, as the pages and the application send them. */
async function turnsOfLogin(between: Between): Promise<Record<string, Turns>> {
  const browser = createBrowser(stack.app);
  const turnsOf: Record<string, Turns> = {};
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const { result, turns } = await counted(work);
    turnsOf[name] = turns;
    return result;
  };
  const asking = await step('authorize', () => browser.get(authorizeUrl(client, { scope: 'openid' })));
  const typed = await step('password', () => signIn(stack, browser, interactionOf(asking), agent));
  let next = typed.location;
  for (const [name, give] of Object.entries(between)) next = (await step(name, () => give(browser))) ?? next;
  const answer = await step('resume', () => browser.get(next ?? ''));
  const code = responseOf(answer).get('code');
  if (code === null) throw new Error(`no code: ${answer.location}`);
  await step('token', () => redeem(stack, client, code));
  return turnsOf;
}

/** The least of some logins: a copy of a contact centre that is read anew meanwhile is no cost of a login. */
async function leastTurns(prepare: () => Promise<Between>): Promise<Record<string, Turns>> {
  const least: Record<string, Turns> = {};
  for (let login = 0; login < 4; login += 1)
    for (const [name, { redis, postgres }] of Object.entries(await turnsOfLogin(await prepare()))) {
      const { redis: lessRedis, postgres: lessPostgres } = least[name] ?? { redis, postgres };
      least[name] = { redis: Math.min(redis, lessRedis), postgres: Math.min(postgres, lessPostgres) };
    }
  return least;
}

/** What every login costs at both ends. */
const ends = {
  authorize: { redis: 1, postgres: 0 },
  resume: { redis: 3, postgres: 0 },
  token: { redis: 2, postgres: 0 },
};

describe('without a policy', () => {
  it('a login waits as often as before there were policies', async () => {
    await requireFactors(stack, { mode: 'off' });
    // The last commit before the gate, counted in the same way, had the same numbers.
    expect(await leastTurns(async () => ({}))).toEqual({ ...ends, password: { redis: 7, postgres: 0 } });
  });
});

describe('with a policy', () => {
  beforeAll(() => requireFactors(stack, { mode: 'required' }));
  const reset = () => stack.deps.factors.ends.reset(person, { reason: 'another login', by: 'test' });
  /** The session is made later, by the factor. */
  const waiting = { ...ends, password: { redis: 6, postgres: 0 }, page: { redis: 1, postgres: 1 } };

  /** The forms of the page, which is read once. */
  function pageOfStep() {
    let csrf = '';
    return {
      async page(browser: Browser) {
        csrf = (await readStep(stack, browser))?.csrf ?? '';
        return undefined;
      },
      send: (browser: Browser, path: keyof typeof secondStepPaths, fields: Record<string, string> = {}) =>
        browser.postForm(secondStepPaths[path], { csrf, ...fields }),
    };
  }

  it('a login with a one-time code keeps to its budget', async () => {
    const turns = await leastTurns(async () => {
      await reset();
      const app = await addApp(stack, person);
      const { page, send } = pageOfStep();
      const code = () => app.codeAt(Date.now() + stepMs);
      return {
        page,
        code: async (browser) => (await send(browser, 'code', { kind: 'totp', code: code() })).location,
      };
    });
    expect(turns).toEqual({ ...waiting, code: { redis: 4, postgres: 4 } });
  });

  it('a login with a passkey keeps to its budget', async () => {
    await reset();
    const authenticator = createAuthenticator();
    await addPasskey(stack, person, { authenticator });
    const turns = await leastTurns(async () => {
      const { page, send } = pageOfStep();
      let answer = '';
      return {
        page,
        async options(browser) {
          const options = (await send(browser, 'passkeyOptions')).json() as never;
          answer = JSON.stringify(authenticator.get(options, { origin: publicUrl }));
          return undefined;
        },
        passkey: async (browser) => (await send(browser, 'passkey', { answer })).location,
      };
    });
    expect(turns).toEqual({
      ...waiting,
      options: { redis: 2, postgres: 3 },
      passkey: { redis: 5, postgres: 3 },
    });
  });
});
