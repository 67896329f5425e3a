/** Plays what an operator reads of passkeys that do not work, while the service goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { noSecondFactor, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { expect, test } from 'vitest';
import { type AuthApi, contactCenterId, demoContactCenter, ops, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, passwordTokens } from '../../stack/oauth.ts';
import { register, startPasskeys, visitorOf } from './passkeys.ts';

/** Somebody signs in, so that Auth API has seen the policy. */
async function haveSeen(api: AuthApi, change: Partial<SecondFactorView>) {
  const secondFactor = { ...noSecondFactor, mode: 'offered', ...change } as const;
  api.environmentApi.contactCenters.set(contactCenterId, { ...demoContactCenter, secondFactor });
  await passwordTokens(api, await createClient(api));
  await api.deps.contactCenters.keptPolicies.settled();
}

async function passkeysAt(api: AuthApi) {
  const headers = { authorization: basicAuthorization(ops.username, ops.password) };
  const ask = async (url: string) => (await api.app.inject({ url, headers })).json().data;
  const { findings } = await ask('/auth/v3/ops/diagnosis');
  const { problems } = await ask('/auth/v3/ops/overview');
  await api.close();
  return {
    finding: findings.find(({ name }: { name: string }) => name === 'Passkeys'),
    problem: problems.find(({ subject }: { subject: string }) => subject === 'Passkeys'),
  };
}

test('passkeys that work are no problem', async () => {
  const { finding, problem } = await passkeysAt(await startAuthApi());
  expect(finding).toMatchObject({ status: 'ok' });
  expect(problem).toBeUndefined();
});

test('metadata that cannot be read are a warning with the file and its runbook', async () => {
  const file = join(await temporaryFolder(), 'mds.jwt');
  writeFileSync(file, 'no.signed.jwt');
  const { finding, problem } = await passkeysAt(
    await startAuthApi({ env: { GATEHOUSE_PASSKEYS_METADATA_FILE: file } }),
  );
  expect(finding).toMatchObject({ status: 'warning', message: expect.stringContaining(file) });
  expect(problem).toMatchObject({ severity: 'warning', runbook: 'passkeys-are-off' });
});

test('a proof of the model that nobody can give, since there is no metadata, is a warning with the contact centre', async () => {
  const api = await startAuthApi();
  await haveSeen(api, { attestation: 'direct' });
  const { finding, problem } = await passkeysAt(api);
  expect(finding).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('Nobody can make a passkey in Demo:'),
  });
  expect(problem).toMatchObject({ severity: 'warning', runbook: 'passkeys-are-off' });
});

test('a proof of the model is wanted as soon as the policy says so, before anybody has signed in again', async () => {
  const api = await startAuthApi();
  await haveSeen(api, {});
  const secondFactor = { ...noSecondFactor, mode: 'offered', attestation: 'direct' } as const;
  api.environmentApi.contactCenters.set(contactCenterId, { ...demoContactCenter, secondFactor });
  api.deps.contactCenters.service.applyGap();
  expect((await passkeysAt(api)).finding).toMatchObject({ status: 'warning' });
});

test('a proof of the model that nobody wants any more is no problem, before anybody has signed in again', async () => {
  const api = await startAuthApi();
  await haveSeen(api, { attestation: 'direct' });
  api.environmentApi.contactCenters.set(contactCenterId, demoContactCenter);
  api.deps.contactCenters.service.applyGap();
  expect((await passkeysAt(api)).problem).toBeUndefined();
});

test('an IP address is told, and is no problem where no contact centre offers passkeys', async () => {
  const api = await startAuthApi({ env: { GATEHOUSE_PUBLIC_URL: 'https://192.0.2.1' } });
  await haveSeen(api, { allowedFactors: ['totp'] });
  const { finding, problem } = await passkeysAt(api);
  expect(finding).toMatchObject({ status: 'ok', message: expect.stringContaining('is an IP address') });
  expect(problem).toBeUndefined();
});

test('under an IP address the operator reads why passkeys are not offered, and nothing failed', async () => {
  const api = await startAuthApi({ env: { GATEHOUSE_PUBLIC_URL: 'https://192.0.2.1' } });
  await haveSeen(api, {});
  const { finding, problem } = await passkeysAt(api);
  expect(finding).toMatchObject({ status: 'warning', message: expect.stringContaining('is an IP address') });
  expect(problem).toMatchObject({ severity: 'warning', runbook: 'passkeys-are-off' });
});

test('under another host than that of the stored passkeys the operator reads both', async () => {
  const before = await startPasskeys();
  await register(before.startReplica(), visitorOf(), createAuthenticator());
  const { finding, problem } = await passkeysAt(
    await startAuthApi({
      env: { GATEHOUSE_PUBLIC_URL: 'https://sso.test', GATEHOUSE_POSTGRES_URL: before.database.url },
    }),
  );
  expect(finding).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/of login\.test, and the public URL has the host sso\.test/),
  });
  expect(problem).toMatchObject({ severity: 'warning', runbook: 'passkeys-are-off' });
  await before.close();
});
