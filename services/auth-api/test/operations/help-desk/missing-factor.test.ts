/** An explanation says which second factor a person lacks, who demands it, and what happens at the sign-in: as the gate itself does it. */
import { randomUUID } from 'node:crypto';
import { runCommand } from '@gatehouse/cli/run-command';
import type { SignInExplanation } from '@gatehouse/contracts/auth-administration';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, addPasskey } from '../../factors/people.ts';
import { setSignOn } from '../../sign-in/sso/stack/sign-on.ts';
import {
  contactCenterId,
  demoContactCenter,
  otherContactCenterId,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { createClient, opsCall, type TestClient } from '../../stack/oauth.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { readStep, typePassword } from '../../stack/second-step.ts';
import { call, type Estate, startEstate } from './stack.ts';

let estate: Estate;
let demanding: TestClient;
let plain: TestClient;
beforeAll(async () => {
  estate = await startEstate();
  plain = await createClient(estate.stack, { scope: ['openid'] });
  demanding = await createClient(estate.stack, { scope: ['openid'], minimumAcr: 'secondFactor' });
});
afterAll(() => estate?.close());

type Someone = Awaited<ReturnType<Estate['someone']>>;

async function explain(
  { userName }: Pick<Someone, 'userName'>,
  client?: Pick<TestClient, 'clientId'>,
  stack = estate.stack,
) {
  const answer = await call(stack, 'GET', '/people/explanation', {
    user: userName,
    contactCenter: 'demo',
    ...(client && { client: client.clientId }),
  });
  if (answer.status !== 200) throw new Error(answer.body);
  const { verdict, reason, findings } = answer.json<{ data: SignInExplanation }>().data;
  const finding = findings.find(({ name }) => name === 'second factor');
  const said = finding?.sentences?.map(({ key }) => key.replace('signIn.factor.', ''));
  return { verdict, reason, said, message: finding?.message };
}

/** What a sign-in of the same person meets: `in`, or the state of the second step. */
async function meet({ typed }: Someone, client: TestClient): Promise<string> {
  const browser = createBrowser(estate.stack.app);
  const typedIn = await typePassword(estate.stack, browser, client, {}, typed);
  // What the application demands beyond the policy is asked for when its request goes on.
  const onward = await browser.get(typedIn.location ?? '');
  if (onward.location?.includes('code=')) return 'in';
  const { state, enrolment } = (await readStep(estate.stack, browser)) ?? {};
  return [state, ...(enrolment ? [enrolment.by] : [])].join(' ');
}

const personOf = async ({ userName }: Someone): Promise<PersonKey> => {
  const { sub = '' } = (await estate.stack.deps.accounts.service.find(demoContactCenter, userName)) ?? {};
  return { contactCenterId, sub };
};
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

type Held = 'nothing' | 'app' | 'synced passkey';

interface Case {
  policy: Partial<SecondFactorView>;
  has: Held;
  isDemanding?: true;
  said: string[];
  /** Of the explanation. */
  answers: 'allowed' | 'second_factor_missing' | 'second_factor_impossible';
  meets: string;
}

const cases: Record<string, Case> = {
  'nothing where none is required': {
    ...{ policy: {}, has: 'nothing', said: ['notRequired'] },
    ...{ answers: 'allowed', meets: 'in' },
  },
  'the demand of the contact centre': {
    ...{ policy: { mode: 'required' }, has: 'nothing', said: ['missing', 'byContactCenter'] },
    ...{ answers: 'second_factor_missing', meets: 'blocked' },
  },
  'the time of grace': {
    policy: { mode: 'required', enrolmentGraceDays: 14, raisedAt: daysAgo(1) },
    ...{ has: 'nothing', said: ['missing', 'byContactCenter', 'grace'] },
    ...{ answers: 'allowed', meets: 'enrol grace' },
  },
  'the end of the time of grace': {
    policy: { mode: 'required', enrolmentGraceDays: 14, raisedAt: daysAgo(15) },
    ...{ has: 'nothing', said: ['missing', 'byContactCenter'] },
    ...{ answers: 'second_factor_missing', meets: 'blocked' },
  },
  'a factor that is enough': {
    ...{ policy: { mode: 'required' }, has: 'app', said: ['held', 'byContactCenter'] },
    ...{ answers: 'allowed', meets: 'verify' },
  },
  'the demand of a role': {
    policy: { requiredRoles: ['ROLE_ADMIN', 'ROLE_USER'] },
    ...{ has: 'nothing', said: ['missing', 'byRole'] },
    ...{ answers: 'second_factor_missing', meets: 'blocked' },
  },
  'no demand of a role of others': {
    policy: { requiredRoles: ['ROLE_ADMIN'] },
    ...{ has: 'nothing', said: ['notRequired'] },
    ...{ answers: 'allowed', meets: 'in' },
  },
  'the demand of an application': {
    ...{ policy: {}, has: 'nothing', isDemanding: true },
    ...{ said: ['missing', 'byClient'], answers: 'second_factor_missing', meets: 'blocked' },
  },
  'the demand of an application where factors are offered': {
    ...{ policy: { mode: 'offered' }, has: 'nothing', isDemanding: true },
    ...{ said: ['missing', 'byClient', 'adds'], answers: 'allowed', meets: 'enrol strongestSignIn' },
  },
  'a factor where an application demands one': {
    ...{ policy: {}, has: 'app', isDemanding: true },
    ...{ said: ['held', 'byClient'], answers: 'allowed', meets: 'verify' },
  },
  'an app where only passkeys count': {
    policy: { mode: 'required', allowedFactors: ['passkey'] },
    ...{ has: 'app', said: ['notCounted', 'byContactCenter', 'appRefused', 'addsBeside'] },
    ...{ answers: 'allowed', meets: 'verify' },
  },
  'an app where a phishing-resistant factor is required': {
    policy: { mode: 'phishingResistant' },
    ...{ has: 'app', said: ['notResistant', 'byContactCenter', 'addsBeside'] },
    ...{ answers: 'allowed', meets: 'verify' },
  },
  'a synced passkey where none is accepted': {
    policy: { mode: 'required', syncedPasskeys: 'refused' },
    ...{ has: 'synced passkey', said: ['notCounted', 'byContactCenter', 'syncedRefused', 'addsBeside'] },
    ...{ answers: 'allowed', meets: 'verify' },
  },
  'a passkey where only apps count': {
    policy: { mode: 'required', allowedFactors: ['totp'] },
    ...{ has: 'synced passkey', said: ['notCounted', 'byContactCenter', 'passkeyRefused', 'addsBeside'] },
    ...{ answers: 'allowed', meets: 'verify' },
  },
  'a holder who is asked where factors are offered': {
    policy: { mode: 'offered', allowedFactors: ['passkey'] },
    ...{ has: 'app', said: ['notCounted', 'byHolder', 'appRefused', 'addsBeside'] },
    ...{ answers: 'allowed', meets: 'verify' },
  },
  'a policy that nobody can meet': {
    policy: { mode: 'phishingResistant', allowedFactors: ['totp'] },
    ...{ has: 'nothing', said: ['notResistant', 'byContactCenter', 'noneAccepted'] },
    ...{ answers: 'second_factor_impossible', meets: 'blocked' },
  },
};

describe('an explanation and a sign-in agree on', () => {
  it.each(Object.entries(cases))('%s', async (_name, { policy, has, isDemanding, said, answers, meets }) => {
    const { stack } = estate;
    await requireFactors(stack, {});
    const someone = await estate.someone();
    const person = await personOf(someone);
    if (has === 'app') await addApp(stack, person);
    if (has === 'synced passkey')
      await addPasskey(stack, person, { authenticator: createAuthenticator({ eligible: true }) });
    await requireFactors(stack, policy);
    const explained = await explain(someone, isDemanding && demanding);
    expect(explained.said).toEqual(said);
    expect(explained.reason ?? explained.verdict).toBe(answers);
    expect(await meet(someone, isDemanding ? demanding : plain)).toBe(meets);
  });
});

describe('an explanation', () => {
  it('names the roles, the application, and until when the time of grace lasts', async () => {
    const someone = await estate.someone();
    await requireFactors(estate.stack, { requiredRoles: ['ROLE_ADMIN', 'ROLE_USER'] });
    expect((await explain(someone)).message).toContain('of these roles of the person: ROLE_USER.');
    await requireFactors(estate.stack, {});
    expect((await explain(someone, demanding)).message).toContain(
      `The application ${demanding.clientId} requires it`,
    );
    expect((await explain(someone, plain)).message).toBe(
      'The person has no second factor, and none is required.',
    );
    await requireFactors(estate.stack, { mode: 'required', raisedAt: daysAgo(4) });
    const endsOn = daysAgo(-10).slice(0, 10);
    expect((await explain(someone)).message).toContain(`signs in without one until ${endsOn}`);
  });

  it('says that the identity provider may have seen the factor, or that the person adds one after it', async () => {
    const { stack } = estate;
    const someone = await estate.someone();
    const oidc = { issuer: 'https://idp.test', clientId: 'gatehouse' };
    await setSignOn(stack, { oidc });
    onTestFinished(() => setSignOn(stack, { oidc: { ...oidc, enabled: false } }));
    await requireFactors(stack, { mode: 'required' });
    expect((await explain(someone)).said).toEqual(['missing', 'byContactCenter', 'provider']);
    await requireFactors(stack, { mode: 'required', federated: 'alsoHere' });
    expect(await explain(someone)).toMatchObject({
      reason: 'single_sign_on_only',
      said: ['missing', 'byContactCenter', 'addsAtProvider'],
    });
  });

  it('says that passkeys do not work under the public address', async () => {
    const { stack } = estate;
    await requireFactors(stack, {});
    const [keeper, newcomer] = [await estate.someone(), await estate.someone()];
    await addPasskey(stack, await personOf(keeper));
    await requireFactors(stack, { mode: 'phishingResistant', raisedAt: daysAgo(15) });
    const moved = await startAuthApi({ beside: stack, env: { GATEHOUSE_PUBLIC_URL: 'https://sso.test' } });
    onTestFinished(() => moved.close());
    expect(await explain(keeper, undefined, moved)).toMatchObject({
      ...{ reason: 'second_factor_impossible' },
      said: ['notResistant', 'byContactCenter', 'passkeysOff', 'noneAccepted'],
    });
    expect(await explain(newcomer, undefined, moved)).toMatchObject({ reason: 'second_factor_impossible' });
    await requireFactors(stack, { mode: 'required', raisedAt: daysAgo(15) });
    expect(await explain(keeper, undefined, moved)).toMatchObject({
      ...{ reason: 'second_factor_missing' },
      said: ['notCounted', 'byContactCenter', 'passkeysOff'],
    });
    expect(await explain(keeper)).toMatchObject({ said: ['held', 'byContactCenter'] });
  });

  it('does not ask about a person who cannot sign in anyway', async () => {
    await requireFactors(estate.stack, { mode: 'required' });
    expect(await explain({ userName: 'locked' })).toMatchObject({
      reason: 'person_disabled',
      said: ['notAsked'],
    });
  });

  it('is what gatehouse says, with exit code 1 where the application lets the person in by none', async () => {
    await requireFactors(estate.stack, {});
    const { userName } = await estate.someone();
    const env = await operatorEnvironment(estate.stack);
    const place = ['--contact-center', contactCenterId];
    const run = (...more: string[]) =>
      runCommand(['people', 'explain', userName, ...place, ...more], { env });
    const refused = await run('--client', demanding.clientId);
    expect([refused.exitCode, refused.out]).toEqual([
      1,
      expect.stringContaining('neither a passkey nor an app for one-time codes. The application'),
    ]);
    expect((await run()).exitCode).toBe(0);
    const unknown = await run('--client', 'no-such-client');
    expect([unknown.exitCode, unknown.error]).toEqual([
      expect.any(Number),
      expect.stringContaining('has no client "no-such-client"'),
    ]);
  });

  // attack: clients of another contact centre asked for by the explanation of a person | CWE-639 | guard: services/auth-api/src/operations/help-desk/factor-steps.ts
  it('answers about a client of another contact centre as about one that there is not', async () => {
    const { stack } = estate;
    const { userName } = await estate.someone();
    const theirs = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
    const administrator = await contactCenterAdministrator(stack, { sub: randomUUID() });
    const ask = (client: string) => {
      const query = new URLSearchParams({ user: userName, contactCenter: 'demo', client });
      return opsCall(stack, 'GET', `/auth/v3/ops/people/explanation?${query}`, undefined, administrator);
    };
    const answers = await Promise.all([theirs.clientId, 'no-such-client'].map(ask));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    for (const { body } of answers) expect(body).toContain('"field":"client"');
  });
});
