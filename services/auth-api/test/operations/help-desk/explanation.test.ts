/** Why a person cannot sign in, told to an administrator, and the end of our delays, with two replicas. */
import { runCommand } from '@gatehouse/cli/run-command';
import type { SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setSignOn } from '../../sign-in/sso/stack/sign-on.ts';
import { contactCenterId, demoContactCenter, environmentOf } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { createClient } from '../../stack/oauth.ts';
import { call, type Estate, startEstate } from './stack.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

const explain = async (query: Record<string, string>) => {
  const answer = await call(estate.stack, 'GET', '/people/explanation', query);
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.json<{ data: SignInExplanation }>().data;
};
const unlock = (query: Record<string, string>, at = estate.stack) =>
  call(at, 'DELETE', '/people/delays', query);
const failuresOf = ({ findings }: SignInExplanation) =>
  findings
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status, message, reason }) => ({ name, status, message, ...definedOnly({ reason }) }));

let places = 0;
/** A contact centre of its own for a test. */
function place(changes: Partial<typeof demoContactCenter> = {}) {
  const number = ++places;
  const id = `4444444${number}-4444-4444-8444-444444444444`;
  const view = {
    ...demoContactCenter,
    id,
    name: `Place ${number}`,
    domains: [`place-${number}`],
    ...changes,
  };
  estate.stack.environmentApi.contactCenters.set(id, view);
  return view;
}

const attempt = async (username: string, password: string, at = estate.stack) => {
  const data = { username, password, tenant: 'demo' };
  return (await createBrowser(at.app, '198.51.100.9').postJson('/auth/v3/sign-in', { data })).status;
};

describe('an explanation', () => {
  it('says that nothing keeps somebody out, and what was looked at', async () => {
    const { userName } = await estate.someone();
    const explanation = await explain({ user: userName.toUpperCase(), contactCenter: 'demo' });
    expect(explanation).toMatchObject({ ok: true, verdict: 'allowed', refusals: [] });
    expect(failuresOf(explanation)).toEqual([]);
    expect(explanation.findings.map(({ name }) => name)).toEqual([
      'contact centre',
      'environment',
      'Configuration Server',
      'way in',
      'account',
      'password',
      'second factor',
      'our delays',
      'last attempt',
      'application',
      'tenant',
    ]);
    expect(await estate.eventsOf({ name: 'access_inspected', limit: '1' })).toMatchObject([
      { contactCenterId, fields: { actor: 'ops', purpose: 'sign-in', userName: userName.toUpperCase() } },
    ]);
  });

  it('finds the account of a sub', async () => {
    const person = await estate.someone();
    await person.signIn(await createClient(estate.stack));
    const [event] = await estate.eventsOf({ user: person.userName, name: 'login_succeeded' });
    const { user } = await explain({ user: String(event?.['sub']) });
    expect(user).toEqual({ userName: person.userName, contactCenterId });
    const stranger = { user: '99999999-9999-4999-8999-999999999999' };
    expect((await call(estate.stack, 'GET', '/people/explanation', stranger)).status).toBe(404);
  });

  it.each([
    ['who is disabled', 'locked', 'account', 'refused', 'person_disabled'],
    ['who does not exist', 'nobody', 'account', 'refused', 'person_unknown'],
    ['who must change the password', 'newcomer', 'password', 'restricted', 'password_must_change'],
  ])('of a person %s names the cause', async (_who, user, name, verdict, reason) => {
    const explanation = await explain({ user, contactCenter: 'demo' });
    expect(explanation).toMatchObject({ ok: verdict === 'restricted', verdict, reason });
    expect(failuresOf(explanation)[0]).toMatchObject({ name, reason });
  });

  it('names a contact centre that is disabled, and what would enable it', async () => {
    const { id, domains } = place({ status: 'disabled' });
    expect(failuresOf(await explain({ user: 'agent', contactCenter: domains[0] ?? '' }))).toEqual([
      {
        name: 'contact centre',
        status: 'failed',
        reason: 'contact_center_disabled',
        message: expect.stringContaining(`gatehouse cc update ${id}`),
      },
      { name: 'second factor', status: 'skipped', message: expect.stringContaining('cannot sign in') },
    ]);
  });

  it('names an environment that is missing', async () => {
    const { id } = place({ environmentId: '55555555-5555-4555-8555-555555555555' });
    expect(failuresOf(await explain({ user: 'agent', contactCenter: id }))).toMatchObject([
      { name: 'environment', status: 'failed', reason: 'environment_missing' },
      { name: 'Configuration Server', status: 'failed' },
      { name: 'account', status: 'skipped' },
      { name: 'password', status: 'skipped' },
      { name: 'second factor', status: 'skipped' },
      { name: 'our delays', status: 'skipped' },
    ]);
  });

  it('names a Configuration Server that does not answer, within seconds', async () => {
    const away = '66666666-6666-4666-8666-666666666666';
    estate.stack.environmentApi.environments.set(away, { ...environmentOf(1), id: away });
    const { id } = place({ environmentId: away });
    const startedMs = performance.now();
    const failures = failuresOf(await explain({ user: 'agent', contactCenter: id }));
    expect(failures).toMatchObject([
      {
        name: 'Configuration Server',
        status: 'failed',
        reason: 'directory_away',
        message: expect.stringMatching(/\S/),
      },
      { name: 'account', status: 'skipped' },
      { name: 'password', status: 'skipped' },
      { name: 'second factor', status: 'skipped' },
      { name: 'our delays', status: 'skipped' },
    ]);
    expect(performance.now() - startedMs).toBeLessThan(6_000);
  });

  it('names the identity provider where passwords are refused', async () => {
    await setSignOn(estate.stack, { oidc: { issuer: 'https://idp.test', clientId: 'gatehouse' } });
    const [found] = failuresOf(await explain({ user: 'agent', contactCenter: 'demo' }));
    await setSignOn(estate.stack, {});
    expect(found).toEqual({
      ...{ name: 'way in', status: 'warning', reason: 'single_sign_on_only' },
      message: expect.stringContaining('oidc'),
    });
  });
});

describe('somebody who typed wrong passwords', () => {
  it('has to wait, is told why, and gets in at once after the unlock, on every replica', async () => {
    const { userName, typed } = await estate.someone();
    const named = { user: userName, contactCenter: 'demo' };
    let status = 0;
    for (let tries = 0; tries < 10 && status !== 429; tries += 1) status = await attempt(userName, 'wrong');
    expect([status, await attempt(userName, typed.password, estate.replica)]).toEqual([429, 429]);
    await estate.stack.deps.audit.drained();

    const { findings, refusals, ...found } = await explain(named);
    // The account has no known browser and no usual address, so nobody signs in before the wait is over.
    expect(found).toMatchObject({ ok: false, verdict: 'refused', reason: 'delayed' });
    expect(findings.find(({ name }) => name === 'our delays')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(
        /^Every sign-in has to wait \d+ minutes\. \d+ wrong passwords are remembered/,
      ),
    });
    expect(refusals[0]).toMatchObject({ name: 'login_throttled', clientAddress: '198.51.100.9' });
    expect(refusals.at(-1)).toMatchObject({ name: 'login_failed', reason: 'bad_credentials' });

    const unlocked = (await unlock(named)).json<{ data: { refusals: number } }>().data;
    expect(unlocked.refusals).toBeGreaterThanOrEqual(3);
    expect(await attempt(userName, typed.password, estate.replica)).toBe(200);
    expect(await explain(named)).toMatchObject({ verdict: 'allowed' });
    expect(await estate.eventsOf({ name: 'delays_cleared' })).toMatchObject([
      {
        contactCenterId,
        clientAddress: '127.0.0.1',
        fields: { actor: 'ops', userName, refusals: unlocked.refusals },
      },
    ]);
  });

  // attack: delays of an account ended by whoever guesses at it | CWE-862, ASVS 8.2.1 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('is unlocked by nobody but an administrator', async () => {
    const answers = await Promise.all(
      (['GET', 'DELETE'] as const).map((method) =>
        estate.stack.app.inject({
          method,
          url: `/auth/v3/ops/people/${method === 'GET' ? 'explanation' : 'delays'}?user=demo%5Cagent`,
        }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
  });
});

it('gatehouse people explains and unlocks', async () => {
  const env = await operatorEnvironment(estate.stack);
  const { userName } = await estate.someone();
  const run = (...args: string[]) => runCommand(['people', ...args, '--contact-center', 'demo'], { env });
  expect(await attempt(userName, 'wrong')).toBe(401);
  await estate.stack.deps.audit.drained();

  const explained = await run('explain', userName);
  expect([explained.exitCode, explained.out]).toEqual([0, expect.stringContaining('Wrong name or password')]);
  expect(JSON.parse((await run('explain', userName, '--json')).out)).toMatchObject({ ok: true });
  const wrong = await createBrowser(estate.stack.app).get('/auth/v3/oauth/authorize?client_id=nobody');
  const request = String(wrong.headers['x-request-id']);
  const refused = await run('explain', userName, '--correlation', request);
  expect([refused.exitCode, refused.out]).toEqual([
    1,
    expect.stringContaining('The client is not registered'),
  ]);
  const disabled = await run('explain', 'locked');
  expect([disabled.exitCode, disabled.out]).toEqual([
    1,
    expect.stringContaining('The person is disabled. Enable the person'),
  ]);
  expect((await run('unlock', userName)).out).toBe(`1 wrong passwords of ${userName} are forgotten.\n`);
});
