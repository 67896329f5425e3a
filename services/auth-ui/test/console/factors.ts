/** What people do with second factors at a browser without scripts: add them in the account area, and give them at a sign-in. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { watchSecret } from '@gatehouse/testing/secrets';
import type { Authenticator } from '@gatehouse/testing/webauthn';
import { expect, vi } from 'vitest';
import { codeOfApp } from '../../../auth-api/test/stack/second-factor.ts';
import { type Answer, formTo, type Person } from './person.ts';
import type { Stage } from './stage.ts';

export const security = '/auth/account/security';

/** Changes the policy of the contact centre `demo`, and waits until Auth API knows. */
export async function setPolicy(
  { environmentApi, authApi, contactCenterId }: Stage,
  secondFactor: Partial<SecondFactorView>,
): Promise<void> {
  const payload = { data: { secondFactor } };
  const answer = await environmentApi.call('PATCH', `/contact-centers/${contactCenterId}`, { payload });
  if (answer.status !== 200) throw new Error(answer.text);
  const { service } = authApi.deps.contactCenters;
  const areNew = async () => {
    for (const view of [await service.get(contactCenterId), await service.find('demo')])
      expect(view?.secondFactor).toMatchObject(secondFactor);
  };
  await vi.waitFor(areNew, { timeout: 10_000 });
}

/** Adds an app for codes by its code of the time that is told; gives the codes of later ones. */
export async function addApp(person: Person, atMs: number): Promise<(atMs: number) => string> {
  const shown = await person.submit(await person.open(security), `${security}/app`);
  const { fields } = formTo(shown, `${security}/app/confirm`);
  watchSecret(fields['secret'] ?? '', 'secret of an app for codes');
  const codeAt = codeOfApp(fields['uri'] ?? '');
  const added = await person.submit(shown, `${security}/app/confirm`, { code: codeAt(atMs) });
  expect([added.status, added.heading]).toEqual([200, 'Keep your recovery codes']);
  return codeAt;
}

/** Adds a passkey, as the script of the page does. */
export async function addPasskey(person: Person, authenticator: Authenticator, origin: string) {
  const page = await person.open(security);
  const options = await optionsAt(person, page, `${security}/passkeys/options`, `${security}/passkeys`);
  const answer = JSON.stringify(authenticator.create(options, { origin }));
  return person.submit(page, `${security}/passkeys`, { name: 'Key', answer });
}

/** Gives the code of the app at the page of the second step. */
export const giveCode = (person: Person, page: Answer, code: string): Promise<Answer> =>
  person.submit(page, secondStepPaths.code, { code });

/** Gives the passkey there. */
export async function givePasskey(
  person: Person,
  page: Answer,
  authenticator: Authenticator,
  origin: string,
) {
  const options = await optionsAt(person, page, secondStepPaths.passkeyOptions, secondStepPaths.passkey);
  const answer = JSON.stringify(authenticator.get(options, { origin }));
  return person.submit(page, secondStepPaths.passkey, { answer });
}

async function optionsAt(person: Person, page: Answer, address: string, action: string) {
  const { fields } = formTo(page, action);
  const asked = await person.request(address, { method: 'POST', body: new URLSearchParams(fields) });
  expect(asked.status).toBe(200);
  return await asked.json();
}
