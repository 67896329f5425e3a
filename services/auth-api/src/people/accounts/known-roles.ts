/** Tells which roles people of a people store have, before any of them signs in: by the groups, as a sign-in would. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import {
  type ContactCenterView,
  isOwnDirectory,
  maxGroupsOfPeopleAtOnce as limit,
} from '@gatehouse/contracts/environment-api';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { EnvironmentLinks } from '../directories/environment-links.ts';
import { accessGroupsOf, cfgPersonOf } from '../people-store/person.ts';
import type { Identities } from './identities.ts';

export interface KnownRolesOptions {
  environmentApi: Pick<EnvironmentApiClient, 'groupsOfPeople'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  links: Pick<EnvironmentLinks, 'open'>;
  identities: Pick<Identities, 'of'>;
  log: Logger;
}

/** By `sub`; whoever has none is not in it. */
export type RolesOfPeople = ReadonlyMap<string, readonly string[]>;

/** An administrator waits for the answer. */
const maxMs = 20_000;

export function createKnownRoles(options: KnownRolesOptions) {
  const { environmentApi, contactCenters, links, identities, log } = options;

  const read = async (place: ContactCenterView, named: readonly string[]) => {
    const environment = await contactCenters.environment(place.environmentId);
    // Elsewhere each person is a question to the directory.
    if (environment === undefined || !isOwnDirectory(environment.directory)) return undefined;
    const signal = AbortSignal.timeout(maxMs);
    const link = await links.open(place, signal);
    const found = new Map<string, string[]>();
    for (let after = 0; ; ) {
      const page = await environmentApi.groupsOfPeople(environment.id, { after, limit }, signal);
      // Environment API of the release before does not tell.
      if (page.outcome !== 'found') return undefined;
      const { people } = page.data;
      for (const person of people) {
        const readAccessGroups = async () => accessGroupsOf(person);
        const { sub, authorities } = await identities.of({ ...link, readAccessGroups }, cfgPersonOf(person));
        const has = new Set(authorities.map(({ name }) => name));
        const roles = named.filter((name) => has.has(name));
        if (roles.length > 0) found.set(sub, roles);
      }
      const last = people.at(-1);
      if (last === undefined || people.length < limit) return found;
      after = last.dbid;
    }
  };

  /** Those among `named`. Undefined: roles are known when a person signs in, or nobody can tell now. */
  return (place: ContactCenterView, named: readonly string[]): Promise<RolesOfPeople | undefined> =>
    read(place, named).catch((error) => {
      log.warn({ err: error, contactCenterId: place.id }, 'the roles of the people cannot be read');
      return undefined;
    });
}
