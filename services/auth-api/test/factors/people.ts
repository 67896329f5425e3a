/** People and their apps, for the tests of second factors. */
import { randomUUID } from 'node:crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { type Authenticator, createAuthenticator } from '@gatehouse/testing/webauthn';
import { type HeldFactors, lastingFactors } from '../../src/factors/store/held.ts';
import type { EnrolmentReason } from '../../src/factors/store/lasting-factors.ts';
import type { TotpService } from '../../src/factors/totp/service.ts';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { type AuthApi, contactCenterId, publicUrl } from '../stack/auth-api.ts';
import { codeOfApp } from '../stack/second-factor.ts';

export const somebody = (): PersonKey => ({ contactCenterId, sub: randomUUID() });

/** A browser that gave no factor before. */
export const stranger = {};

export type NewApp = Partial<Parameters<TotpService['begin']>[1]>;

/** An app of the person: it counts, and its codes are those of the time that is told. */
export async function addApp({ deps }: Pick<AuthApi, 'deps'>, person: PersonKey, fields: NewApp = {}) {
  const begun = await beginApp({ deps }, person, fields);
  const given = await confirmApp({ deps }, person, begun);
  if (given === undefined) throw new Error('the code of the app was refused');
  return { ...begun, epoch: given.epoch };
}

export async function beginApp({ deps }: Pick<AuthApi, 'deps'>, person: PersonKey, fields: NewApp = {}) {
  const begun = await deps.factors.totp.begin(person, {
    ...{ name: 'Telephone', issuer: 'Gatehouse', account: 'demo\\mira', digits: 6, algorithm: 'SHA1' },
    ...fields,
  });
  watchSecret(begun.secret, 'secret of an app for codes');
  return { ...begun, codeAt: codeOfApp(begun.uri) };
}

export const confirmApp = (
  { deps }: Pick<AuthApi, 'deps'>,
  person: PersonKey,
  { id, codeAt }: Pick<Awaited<ReturnType<typeof beginApp>>, 'id' | 'codeAt'>,
) => deps.factors.totp.confirm(person, { id, code: codeAt(deps.now()), reason: 'strongestSignIn' }, stranger);

const policy = { attestation: 'none', syncedPasskeys: 'allowed', hints: [] } as const;

export interface NewPasskey {
  /** Of the person at the directory. */
  dbid?: number;
  authenticator?: Authenticator;
  reason?: EnrolmentReason;
  /** Before the browser answers. */
  meanwhile?: () => Promise<unknown>;
}

/** Makes a passkey of the person. */
export async function addPasskey(
  { deps }: Pick<AuthApi, 'deps'>,
  person: PersonKey,
  {
    authenticator = createAuthenticator(),
    reason = 'strongestSignIn',
    dbid = 100,
    meanwhile,
  }: NewPasskey = {},
) {
  const { registrations } = deps.factors.passkeys;
  const request = { person, browser: 'browser of the person', policy };
  const shownAs = { userName: 'demo\\mira', displayName: 'Mira', place: 'Demo', dbid };
  const answer = authenticator.create(await registrations.begin(request, shownAs), { origin: publicUrl });
  await meanwhile?.();
  return registrations.finish(request, { answer, name: 'Key', reason });
}

/** For a removal where the policy wants a factor. */
export const keepsOne = (left: HeldFactors) => lastingFactors(left) > 0;

/** Another number of as many digits. */
export const wrong = (code: string) => [...code].map((digit) => String((Number(digit) + 5) % 10)).join('');

export const stepMs = 30_000;
