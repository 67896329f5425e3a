/** Puts the people of the demo contact centre into the people store of the stand-in, and changes them there. */
import { randomUUID } from 'node:crypto';
import { hashPersonPassword } from '@gatehouse/caller-auth/credentials';
import { type PersonView, personChangeId, personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { type AuthApi, contactCenterId, encryptionKeys, environmentId, environmentOf } from './auth-api.ts';
import { announceChange } from './environment-api.ts';

const secretBox = createSecretBox(new Secret(encryptionKeys));

function openHash({ id, passwordEnvelope }: PersonView): string | undefined {
  return passwordEnvelope && secretBox.open(passwordEnvelope, personPasswordPlace(id)).toString();
}

let numbers = 100;

/** The password is `password` where one is given. */
export async function usePeopleStore(
  { environmentApi, deps }: AuthApi,
  people: (Partial<PersonView> & { userName: string; password?: string })[],
): Promise<PersonView[]> {
  const { configServers: _servers, ...environment } = environmentOf(0, 2);
  environmentApi.environments.set(environmentId, {
    ...environment,
    directory: 'people',
    username: '',
    passwordEnvelope: '',
    tenant: '',
    configServers: [],
  });
  const added = await Promise.all(
    people.map(async ({ password, ...fields }) => {
      const id = randomUUID();
      const hash = password === undefined ? undefined : await hashPersonPassword(password);
      if (password !== undefined) watchSecret(password, 'password of a person');
      return {
        id,
        dbid: ++numbers,
        version: 1,
        isActive: true,
        groups: [],
        ...(hash === undefined ? {} : { passwordEnvelope: secretBox.seal(hash, personPasswordPlace(id)) }),
        ...fields,
      };
    }),
  );
  environmentApi.people.hashOf = openHash;
  environmentApi.people.persons.set(environmentId, added);
  await announceChange({ environmentApi, deps }, { entity: 'environment', id: environmentId });
  return added;
}

/** Changes a person as an administrator does, and tells the services. */
export async function changePerson(
  { environmentApi, deps }: AuthApi,
  person: PersonView,
  change: Partial<PersonView>,
): Promise<void> {
  Object.assign(person, { version: person.version + 1, ...change });
  const id = personChangeId(environmentId, person.dbid);
  await announceChange({ environmentApi, deps }, { entity: 'person', id, contactCenterId });
  const ends = change.isActive === false || change.passwordEnvelope !== undefined;
  if (ends) await announcePersonEnd({ environmentApi, deps }, person.dbid);
}

/** As after a new password that is not of the person's own change. */
export const announcePersonEnd = (stack: Pick<AuthApi, 'environmentApi' | 'deps'>, dbid: number) =>
  announceChange(stack, { entity: 'person-end', id: personChangeId(environmentId, dbid), contactCenterId });
