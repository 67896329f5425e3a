/** A sign-in that waits for its factor in a read-only region: who decides, what is refused, and what goes on while the primary is away. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { addApp, addPasskey, stepMs, wrong } from '../factors/people.ts';
import { type AuthApi, publicUrl } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { agent } from '../stack/interaction.ts';
import { requireFactors } from '../stack/second-factor.ts';
import { personOf, postStep, readStep, sessionOf } from '../stack/second-step.ts';
import { startTwoRegions, type TwoRegions } from './two-regions.ts';

let regions: TwoRegions;
let writable: AuthApi;
let readOnly: AuthApi;
let person: PersonKey;
beforeAll(async () => {
  regions = await startTwoRegions();
  writable = regions.writable;
  readOnly = await regions.startReadOnly({ GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' });
  const browser = createBrowser(writable.app);
  await browser.postJson('/auth/v3/sign-in', agent);
  person = await personOf(writable, browser);
});
afterAll(async () => {
  await readOnly?.close();
  await regions?.close();
});

const grace = { mode: 'required', enrolmentGraceDays: 14 } as const;
beforeEach(async () => {
  const raisedAt = new Date().toISOString();
  for (const region of [writable, readOnly]) await requireFactors(region, { ...grace, raisedAt });
  await writable.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
});

/** A browser whose sign-in waits. */
async function waitingAt(region: AuthApi): Promise<Browser> {
  const browser = createBrowser(region.app);
  await browser.postJson('/auth/v3/sign-in', agent);
  return browser;
}

/** As a program that says what the page would show. */
async function send(
  region: AuthApi,
  browser: Browser,
  path: keyof typeof secondStepPaths,
  fields: Record<string, unknown> = {},
) {
  const csrf = (await readStep(region, browser))?.csrf;
  return browser.postJson(secondStepPaths[path], { csrf, ...fields });
}

async function withAll() {
  const app = await addApp(writable, person);
  const authenticator = createAuthenticator();
  await addPasskey(writable, person, { authenticator });
  const codes = await writable.deps.factors.recovery.make(person, { by: 'test' });
  await regions.replicated();
  return { code: app.codeAt(Date.now() + stepMs), codes, authenticator };
}

async function givePasskey(
  region: AuthApi,
  browser: Browser,
  authenticator: ReturnType<typeof createAuthenticator>,
) {
  const options = (await postStep(region, browser, 'passkeyOptions')).json() as never;
  const answer = authenticator.get(options, { origin: publicUrl });
  return send(region, browser, 'passkey', { answer });
}

describe('a sign-in that waits in a read-only region', () => {
  it('takes codes that the primary counts: once in both regions, and wrong ones together', async () => {
    const { code, codes } = await withAll();
    const [used = '', other = ''] = codes;
    for (const [kind, one] of [
      ['totp', code],
      ['recoveryCode', used],
    ] as const) {
      const [here, there] = [await waitingAt(readOnly), await waitingAt(writable)];
      expect((await send(readOnly, here, 'code', { kind, code: one })).status).toBe(200);
      expect(await sessionOf(readOnly, here)).toMatchObject({ proofs: [{}, { factor: kind }] });
      expect((await send(writable, there, 'code', { kind, code: one })).status).toBe(403);
      expect(await sessionOf(writable, there)).toBeUndefined();
    }
    const [here, there] = [await waitingAt(readOnly), await waitingAt(writable)];
    // One was wrong above.
    for (let count = 0; count < 4; count += 1)
      await send(readOnly, here, 'code', { kind: 'recoveryCode', code: wrong('1111-1111') });
    expect((await send(writable, there, 'code', { kind: 'recoveryCode', code: other })).status).toBe(429);
  });

  it('sets no factor up and names the region that does, and goes on in the time of grace', async () => {
    await regions.replicated();
    const browser = await waitingAt(readOnly);
    for (const path of ['totp', 'newPasskeyOptions', 'invitation'] as const) {
      const answer = await send(readOnly, browser, path, { code: '00000-00000' });
      expect([path, answer.status, answer.json()]).toMatchObject([
        path,
        403,
        { status: { name: 'read_only_region', message: expect.stringContaining('/USW1') } },
      ]);
    }
    await postStep(readOnly, browser, 'totp');
    expect(await readStep(readOnly, browser)).toMatchObject({ state: 'enrol', failure: 'read_only_region' });
    expect((await send(readOnly, browser, 'later')).status).toBe(200);
    expect(await sessionOf(readOnly, browser)).toMatchObject({ proofs: [{ factor: 'password' }] });
    expect(await writable.deps.factors.held(person)).toMatchObject({ totp: 0, passkeys: 0 });
  });

  // attack: cut a region off from the primary to finish a sign-in without its factor | ASVS 16.5.3 (fail securely) | guard: services/auth-api/src/factors/compose.ts
  it('takes a passkey alone while the primary is away, waits with its codes, and goes on afterwards', async () => {
    const { code, codes, authenticator } = await withAll();
    const browser = await waitingAt(readOnly);
    const [byCode, byPasskey, late] = [await waitingAt(readOnly), await waitingAt(readOnly), browser];
    await regions.primary.stop();
    for (const [kind, one] of [
      ['totp', code],
      ['recoveryCode', codes[0]],
    ] as const) {
      const answer = await send(readOnly, byCode, 'code', { kind, code: one });
      expect([answer.status, answer.json()]).toMatchObject([
        503,
        { status: { message: expect.stringContaining('/USW1') } },
      ]);
    }
    expect(await readStep(readOnly, byCode)).toMatchObject({ state: 'verify', failure: 'unavailable' });
    // Nobody passes for somebody without a factor.
    expect((await send(readOnly, late, 'later')).status).toBe(200);
    for (const waiting of [byCode, late]) expect(await sessionOf(readOnly, waiting)).toBeUndefined();

    expect((await givePasskey(readOnly, byPasskey, authenticator)).status).toBe(200);
    expect(await sessionOf(readOnly, byPasskey)).toMatchObject({ proofs: [{}, { factor: 'passkey' }] });
    expect(readOnly.logged()).toContain('a passkey is used without its counter');

    await regions.primary.start();
    const [, second = ''] = codes;
    const again = async () =>
      (await send(readOnly, byCode, 'code', { kind: 'recoveryCode', code: second })).status;
    await expect.poll(again, { timeout: 15_000, interval: 100 }).toBe(200);
    expect(await sessionOf(readOnly, byCode)).toBeDefined();
  });
});
