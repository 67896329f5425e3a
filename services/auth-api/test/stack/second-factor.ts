/** A contact centre that requires second factors, and sessions that have them. */
import { noSecondFactor, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { type TOTP, URI } from 'otpauth';
import { expect, vi } from 'vitest';
import type { Proof } from '../../src/core/assurance/proof.ts';
import { type AuthApi, contactCenterId } from './auth-api.ts';
import type { Browser } from './browser.ts';
import { announceChange } from './environment-api.ts';
import { sessionCookie } from './interaction.ts';

/** As Environment API says it: what is stored, and then that it has changed. */
export async function requireFactors(
  stack: AuthApi,
  changes: Partial<SecondFactorView>,
  id = contactCenterId,
): Promise<void> {
  const { contactCenters } = stack.environmentApi;
  const present = contactCenters.get(id);
  if (present === undefined) throw new Error(`there is no contact centre ${id}`);
  const secondFactor = { ...noSecondFactor, ...changes };
  contactCenters.set(id, { ...present, secondFactor, version: present.version + 1 });
  await announceChange(stack, { entity: 'contact-center', id, contactCenterId: id });
  const { service } = stack.deps.contactCenters;
  // Copies by id and by domain are kept apart: one that was just read tells nothing of the other.
  const views = () =>
    Promise.all([service.get(id), ...present.domains.map((domain) => service.find(domain))]);
  const areAllNew = async () => {
    for (const view of await views()) expect(view?.secondFactor).toEqual(secondFactor);
  };
  await vi.waitFor(areAllNew, { timeout: 5000, interval: 5 });
}

/** Makes the session of this browser one that began with these proofs; undefined: one of the release before, which stored none. */
export async function proveBy(
  { deps }: AuthApi,
  browser: Pick<Browser, 'cookies'>,
  proofs: readonly Proof[] | undefined,
): Promise<void> {
  const key = deps.core.keyspace.key('session', sha256(browser.cookies.get(sessionCookie) ?? ''));
  const session = JSON.parse((await deps.stores.redis.hget(key, 'data')) ?? '');
  await deps.stores.redis.hset(key, 'data', JSON.stringify({ ...session, proofs }));
}

/** The codes that an app for codes shows after it has read the address of a page. */
export function codeOfApp(uri: string): (atMs: number) => string {
  const app = URI.parse(uri) as TOTP;
  return (atMs) => app.generate({ timestamp: atMs });
}
