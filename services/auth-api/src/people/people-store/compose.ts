/** Composes the copies of people of the people store, and the verification of their passwords. */
import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createPeopleBackend } from './backend.ts';
import { createPersonPasswords } from './passwords.ts';
import { createPersons } from './persons.ts';

interface PeopleStoreDependencies {
  config: { environmentApi: { staleMaxSeconds: number } };
  contactCenters: ContactCenters;
}

export type PeopleStore = ServicesOf<typeof composePeopleStore>;

export function composePeopleStore(core: Core, { config, contactCenters }: PeopleStoreDependencies) {
  const { secretBox, now, log } = core;
  const { environmentApi: client, environmentApiState: owner } = contactCenters;
  const persons = createPersons({
    client,
    staleMaxSeconds: config.environmentApi.staleMaxSeconds,
    owner,
    now,
    onStale: (ageMs, error) =>
      log.warn({ err: error, ageMs }, 'Environment API cannot answer: the copy of a person is used'),
  });
  const passwords = createPersonPasswords(secretBox);
  const services = {
    connect: ({ id: environmentId }: EnvironmentView) =>
      createPeopleBackend({ environmentId, client, persons, passwords }),
    persons,
    passwords,
  };
  return {
    services,
    follows: { copiesOfPeople: { change: persons.applyChange, gap: persons.applyGap } },
  } satisfies Domain;
}
