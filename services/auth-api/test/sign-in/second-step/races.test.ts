/** Two replicas that get the same answer at the same time, each at the page of the second step. */
import { randomToken } from '@gatehouse/service-kit/crypto';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, addPasskey, stepMs } from '../../factors/people.ts';
import { type AuthApi, publicUrl } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { browserCookie, sessionCookie } from '../../stack/interaction.ts';
import type { TestClient } from '../../stack/oauth.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { postStep, readStep, sessionOf, startReplicas, typePassword } from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
let replicas: [AuthApi, AuthApi];
let stack: AuthApi;
let client: TestClient;
let person: PersonKey;
beforeAll(async () => {
  const started = await startReplicas(clock.now, { GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000' });
  ({ stack, client, person } = started);
  replicas = [started.stack, started.other];
});
afterAll(async () => {
  for (const { close } of [...(replicas ?? [])].reverse()) await close();
});
const later = () => {
  clock.advance(stepMs);
  return clock.now();
};
beforeEach(async () => {
  later();
  await requireFactors(stack, { mode: 'required' });
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
});

/** One sign-in for each replica. `binding`: all of one browser. */
const arriveAtBoth = (binding?: string) =>
  Promise.all(
    replicas.map(async (replica) => {
      const browser = createBrowser(replica.app);
      if (binding !== undefined) browser.cookies.set(browserCookie, binding);
      await typePassword(replica, browser, client);
      return { replica, browser };
    }),
  );
const isIn = ({ cookies }: Browser) => cookies.has(sessionCookie);
/** Of those that were sent at once. */
const outcomes = async (tries: Awaited<ReturnType<typeof arriveAtBoth>>) =>
  (
    await Promise.all(
      tries.map(async ({ replica, browser }) =>
        isIn(browser) ? 'signed in' : (await readStep(replica, browser))?.failure,
      ),
    )
  ).toSorted();

describe('at two replicas at once', () => {
  // attack: one code in two sign-ins at two replicas | CWE-367, NIST SP 800-63B 3.1.4.2 | guard: services/auth-api/src/factors/recovery/service.ts
  it.each(['recoveryCode', 'totp'] as const)('one %s lets one of two sign-ins in', async (kind) => {
    const app = await addApp(stack, person);
    const codes = await stack.deps.factors.recovery.make(person, { by: 'test' });
    for (let round = 0; round < 4; round += 1) {
      const code = kind === 'totp' ? app.codeAt(later()) : (codes[round] ?? '');
      const tries = await arriveAtBoth();
      await Promise.all(
        tries.map(({ replica, browser }) => postStep(replica, browser, 'code', { kind, code })),
      );
      expect(await outcomes(tries)).toEqual(['signed in', 'wrong']);
      const { recoveryCodes } = await stack.deps.factors.held(person);
      expect(recoveryCodes).toBe(kind === 'totp' ? codes.length : codes.length - round - 1);
    }
  });

  // attack: one answer of a passkey in two sign-ins at two replicas | CWE-367, WebAuthn section 13.4.3 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('one answer of a passkey lets one of two sign-ins of its browser in', async () => {
    const authenticator = createAuthenticator({ counts: false });
    await addPasskey(stack, person, { authenticator });
    for (let round = 0; round < 4; round += 1) {
      const tries = await arriveAtBoth(randomToken());
      const [{ replica, browser }] = tries as [(typeof tries)[number], ...unknown[]];
      const options = (await postStep(replica, browser, 'passkeyOptions')).json() as never;
      const answer = JSON.stringify(authenticator.get(options, { origin: publicUrl }));
      await Promise.all(tries.map((one) => postStep(one.replica, one.browser, 'passkey', { answer })));
      expect(await outcomes(tries)).toEqual(['passkey_expired', 'signed in']);
    }
  });

  it('one sign-in gives one session, by whichever of its factors', async () => {
    const app = await addApp(stack, person);
    const [code = ''] = await stack.deps.factors.recovery.make(person, { by: 'test' });
    const first = createBrowser(stack.app);
    await typePassword(stack, first, client);
    const twins = replicas.map((replica) => {
      const browser = createBrowser(replica.app);
      for (const [name, value] of first.cookies) browser.cookies.set(name, value);
      return { replica, browser };
    });
    const answers = [
      { kind: 'totp', code: app.codeAt(later()) },
      { kind: 'recoveryCode', code },
    ];
    await Promise.all(
      twins.map(({ replica, browser }, index) => postStep(replica, browser, 'code', answers[index])),
    );
    const sessions = await Promise.all(twins.map(({ replica, browser }) => sessionOf(replica, browser)));
    expect(sessions.filter((session) => session !== undefined)).toHaveLength(1);
  });
});
