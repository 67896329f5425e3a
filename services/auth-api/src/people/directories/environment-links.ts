/** Opens the environment behind a contact centre, as far as its people are, over the one link to its Configuration Servers. */
import {
  type ContactCenterView,
  type EnvironmentView,
  isOwnDirectory,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { type CallOptions, environmentTenantDbid, type PeopleDirectory } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { subjectPlaceOf } from '../../registry/contact-centers/subjects.ts';
import type { IdentityPlace } from '../identity/identity.ts';
import { createLinksInUse, type LinksInUseOptions } from './links-in-use.ts';
import { type Members, membersOf, type SharedPeople, sharedPeopleOf } from './members.ts';
import { createMembershipRules } from './membership.ts';
import { SignInError } from './sign-in-error.ts';
import { createTenantNumbers } from './tenant-numbers.ts';

/** The environment behind a contact centre, as far as its people are. */
export interface EnvironmentLink extends Members {
  place: IdentityPlace;
  /** Only persons of this tenant belong to the contact centre. Undefined: persons of every tenant do. */
  tenantDbid: number | undefined;
  /** A people store: a program with a SCIM key writes people and groups. */
  isProvisioned: boolean;
}

export interface EnvironmentLinksOptions extends LinksInUseOptions {
  now: Clock;
}

export type EnvironmentLinks = ReturnType<typeof createEnvironmentLinks>;

export function createEnvironmentLinks(options: EnvironmentLinksOptions) {
  const { contactCenters, now } = options;
  const links = createLinksInUse(options);
  const tenantNumber = createTenantNumbers(now);
  const takesInBy = createMembershipRules(now, tenantNumber);

  /** Undefined: the tenant restricts nobody. */
  const tenantOf = async (
    environment: EnvironmentView,
    backend: PeopleDirectory,
    options: CallOptions,
  ): Promise<number | undefined> => {
    const { id, tenant } = environment;
    if (tenant === '') return undefined;
    const dbid = await tenantNumber(environment, backend, tenant, options);
    if (dbid === undefined) {
      throw new SignInError('try_again', {
        detail: `environment ${id}: the Configuration Server has no tenant named ${JSON.stringify(tenant)}: correct tenant of the environment (gatehouse env update ${id} --tenant NAME)`,
      });
    }
    // The ENVIRONMENT tenant holds all other tenants.
    return dbid === environmentTenantDbid ? undefined : dbid;
  };

  return {
    /** @throws SignInError `try_again` when the environment cannot be used */
    async open(contactCenter: ContactCenterView, signal?: AbortSignal): Promise<EnvironmentLink> {
      const { id, environmentId, domains, membership } = contactCenter;
      const environment = await contactCenters.environment(environmentId);
      if (environment === undefined) {
        throw new SignInError('try_again', {
          detail: `contact centre ${id} names environment ${environmentId}, which does not exist`,
        });
      }
      const backend = links.get(environment);
      const tenantDbid = await tenantOf(environment, backend, definedOnly({ signal }));
      const takesIn = takesInBy({ environment, backend }, membership);
      return {
        ...membersOf({ backend, tenantDbid, takesIn }),
        place: { ...subjectPlaceOf(contactCenter), domain: domains[0] ?? id },
        tenantDbid,
        isProvisioned: isOwnDirectory(environment.directory),
      };
    },
    /** For questions about people of several contact centres at once. @throws SignInError `try_again` when the environment cannot be used */
    async openShared(
      environment: EnvironmentView,
      sharing: readonly Pick<ContactCenterView, 'membership'>[],
      options: CallOptions,
    ): Promise<SharedPeople> {
      const backend = links.get(environment);
      const tenantDbid = await tenantOf(environment, backend, options);
      const rules = sharing.map(({ membership }) => takesInBy({ environment, backend }, membership));
      return sharedPeopleOf({ backend, tenantDbid, rules });
    },
    anyInUse: links.anyInUse,
    follow: links.follow,
    warmUp: links.warmUp,
    inUse: links.inUse,
    states: links.states,
    close: links.close,
  };
}
