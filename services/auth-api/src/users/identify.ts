/** Finds the person whom an identity provider has named; nobody is asked about a password. */
import type { CallOptions } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson, PersonFilter } from '@gatehouse/config-server-client/model/person';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { isInGroup } from './access-groups.ts';
import type { EnvironmentLink, EnvironmentLinks } from './environment-link.ts';
import type { Identities } from './identities.ts';
import { canonicalUserName } from './login-name.ts';
import { mapFailure } from './map-failure.ts';
import { SignInError } from './sign-in-error.ts';
import type { Identification, Membership, NamedPerson, UserService } from './user-service.ts';

export interface IdentifyOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  links: EnvironmentLinks;
  identities: Identities;
  now: Clock;
}

const longestName = 255;

interface Lookup {
  /** How the name is spelled in the filter; the server compares user names and e-mail addresses without case. */
  filter(name: string): PersonFilter;
  fieldOf(person: CfgPerson): string | null | undefined;
  isSame(one: string, other: string): boolean;
}

const isSameName = (one: string, other: string) => canonicalUserName(one) === canonicalUserName(other);

const lookups: Record<NamedPerson['lookup'], Lookup> = {
  userName: {
    filter: (name) => ({ user_name: name }),
    fieldOf: ({ userName }) => userName,
    isSame: isSameName,
  },
  email: {
    filter: (name) => ({ email_address: name }),
    fieldOf: ({ emailAddress }) => emailAddress,
    isSame: isSameName,
  },
  externalId: {
    filter: (name) => ({ external_id: name }),
    fieldOf: ({ externalID }) => externalID,
    isSame: (one, other) => one.normalize('NFC') === other.normalize('NFC'),
  },
};

/**
 * A server that does not know a filter may answer with everybody, and one that takes accents or patterns lightly with
 * somebody else: no password follows that would tell.
 */
function carries(person: CfgPerson, { lookup, name }: Pick<NamedPerson, 'lookup' | 'name'>): boolean {
  const { fieldOf, isSame } = lookups[lookup];
  const value = fieldOf(person) ?? '';
  return value !== '' && isSame(value, name);
}

export function createIdentification(options: IdentifyOptions): Pick<UserService, 'identify' | 'isMember'> {
  const { contactCenters, links, identities, now } = options;

  const openLink = async (contactCenterId: string): Promise<EnvironmentLink> => {
    const contactCenter = await contactCenters.get(contactCenterId);
    if (contactCenter === undefined) {
      throw new SignInError('try_again', { detail: `contact centre ${contactCenterId} is not active` });
    }
    return links.open(contactCenter);
  };

  const identify = async (named: NamedPerson): Promise<Identification> => {
    const link = await openLink(named.contactCenterId);
    const provedAtMs = now();
    const answered = await readPersons(link, lookups[named.lookup].filter(named.name));
    const found = answered.filter((person) => carries(person, named));
    const enabled = found.filter(({ state }) => state === CfgObjectState.enabled);
    const [person] = enabled;
    if (enabled.length > 1) return { outcome: 'ambiguous' };
    if (person === undefined) return { outcome: found.length > 0 ? 'disabled' : 'unknown' };
    const { accessGroups } = named;
    if (accessGroups.length > 0 && !(await isInGroup(link, person.DBID, accessGroups)))
      return { outcome: 'not_a_member' };
    return { outcome: 'found', identity: await identities.of(link, person), provedAtMs };
  };

  const isMember = async ({ contactCenterId, userName, accessGroups }: Membership): Promise<boolean> => {
    const link = await openLink(contactCenterId);
    const [person] = userName.length > longestName ? [] : await readPersons(link, { user_name: userName });
    // The same questions whether the person exists or not: no person has the DBID 0.
    return isInGroup(link, person?.DBID ?? 0, accessGroups);
  };

  return {
    identify: (named) => identify(named).catch(asSignInError),
    isMember: (membership) => isMember(membership).catch(asSignInError),
  };
}

async function readPersons(
  link: EnvironmentLink,
  filter: PersonFilter,
  callOptions: CallOptions = {},
): Promise<CfgPerson[]> {
  const tenant = link.tenantDbid === undefined ? {} : { tenant_dbid: link.tenantDbid };
  return link.backend.readPersons({ ...filter, ...tenant }, callOptions);
}

function asSignInError(failure: unknown): never {
  throw mapFailure(failure).error;
}
