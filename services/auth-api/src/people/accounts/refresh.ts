/** Reads a signed-in person again before something more is given. */

import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { CfgObjectState } from '@gatehouse/people-directory';
import { AppError } from '@gatehouse/service-kit/errors';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { EnvironmentLinks } from '../directories/environment-links.ts';
import { mapFailure } from '../directories/map-failure.ts';
import type { UserIdentity } from '../identity/identity.ts';
import type { Identities } from './identities.ts';

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
  return (person: KnownPerson, provedAtMs: number): Promise<UserIdentity> =>
    answered(readAgain(person, provedAtMs));
}

/** Whether the directory has the person in the contact centre. @throws SignInError `try_again` (503) */
export function createBelongs({ links }: Pick<RefreshOptions, 'links'>) {
  const isThere = async (contactCenter: ContactCenterView, dbid: number) => {
    const link = await links.open(contactCenter);
    return (await link.readPersons({ dbid })).length > 0;
  };
  return (contactCenter: ContactCenterView, dbid: number) => answered(isThere(contactCenter, dbid));
}

const answered = <T>(question: Promise<T>): Promise<T> =>
  question.catch((failure: unknown) => {
    throw failure instanceof AppError ? failure : mapFailure(failure).error;
  });

function userGone(): AppError {
  return new AppError('user_gone', 403, 'The user may not sign in any more');
}
