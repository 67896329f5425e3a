/** Composes the copies of people of the people store, and the verification of their passwords. */
import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createPeopleBackend } from './backend.ts';
import { createPersonPasswords } from './passwords.ts';
import { createPersons } from './persons.ts';

export type PeopleStore = ServicesOf<typeof composePeopleStore>;

export function composePeopleStore(
  { secretBox, now, log }: Core,
  { contactCenters }: { contactCenters: ContactCenters },
) {
  const { environmentApi: client, copies } = contactCenters;
  const persons = createPersons({ client, copies, now, log });
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
