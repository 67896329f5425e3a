/** Reads a signed-in person again before tokens are renewed. */
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { EnvironmentLinks } from './environment-links.ts';
import type { Identities } from './identities.ts';
import type { UserIdentity } from './identity.ts';
import { mapFailure } from './map-failure.ts';

/** The clock of a Configuration Server may be ahead of ours by this much. */
const passwordClockSkewMs = 120_000;

export interface RefreshOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  links: Pick<EnvironmentLinks, 'open'>;
  identities: Identities;
}

type KnownPerson = Pick<
  UserIdentity,
  'environmentId' | 'contactCenterId' | 'dbid' | 'entry' | 'email' | 'emailVerified'
>;

export function createRefresh({ contactCenters, links, identities }: RefreshOptions) {
  const readAgain = async (known: KnownPerson, provedAtMs: number): Promise<UserIdentity> => {
    const { contactCenterId, environmentId, dbid, entry } = known;
    const contactCenter = await contactCenters.get(contactCenterId);
    if (contactCenter?.environmentId !== environmentId) throw userGone();
    const link = await links.open(contactCenter);
    const [person] = await link.readPersons({ dbid });
    if (person?.state !== CfgObjectState.enabled) throw userGone();
    // The announcement of the new password was missed, and with it the revocation.
    const { PasswordUpdatingDate: changedAtSeconds = 0 } = person;
    if (changedAtSeconds * 1000 > provedAtMs + passwordClockSkewMs) throw userGone();
    const read = await identities.of(link, person);
    const emailVerified = known.email === read.email ? known.emailVerified : undefined;
    return definedOnly({ ...read, entry, emailVerified });
  };

  /**
   * @throws AppError `user_gone` (403) when the person was deleted, disabled, given a new password since `provedAtMs`, or belongs no more;
   * SignInError `try_again` (503).
   */
  return async (person: KnownPerson, provedAtMs: number): Promise<UserIdentity> => {
    try {
      return await readAgain(person, provedAtMs);
    } catch (failure) {
      throw failure instanceof AppError ? failure : mapFailure(failure).error;
    }
  };
}

function userGone(): AppError {
  return new AppError('user_gone', 403, 'The user may not sign in any more');
}
