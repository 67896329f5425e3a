/** Does what every set-up of a factor needs, at a sign-in that waits and in the account area. */
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { Factors } from '../compose.ts';

/** As authenticator apps and passkeys list it. */
export async function placeNameOf(
  contactCenters: Pick<ContactCenterService, 'get'>,
  contactCenterId: string,
): Promise<string> {
  return (await contactCenters.get(contactCenterId))?.name ?? 'Gatehouse';
}

/** The new factor is not part of the sign-in yet, so nobody could ask for the codes afterwards. */
export async function firstCodesOf(
  factors: Pick<Factors, 'held' | 'recovery'>,
  person: PersonKey,
): Promise<{ recoveryCodes?: string[] }> {
  if ((await factors.held(person)).recoveryCodes > 0) return {};
  return { recoveryCodes: await factors.recovery.make(person, { by: person.sub }) };
}
