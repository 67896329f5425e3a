/** The search at a server that compares whole names only. */

import { ConfigServerError, type PersonFilter } from '@gatehouse/people-directory';
import { expect, it } from 'vitest';
import { searchPersons } from '../../src/client/search-persons.ts';
import { InMemoryBackend, type MemoryPerson } from '../../src/testing/memory-backend.ts';

const person = (DBID: number, fields: Partial<MemoryPerson>): MemoryPerson => ({
  DBID,
  tenantDBID: 1,
  isAgent: 1,
  state: 1,
  password: 'p',
  userName: `user-${DBID}`,
  ...fields,
});

const backend = new InMemoryBackend({
  persons: [
    person(1, { userName: 'berg' }),
    person(2, { lastName: 'Berg' }),
    person(3, { firstName: 'Berg', lastName: 'Berg' }),
    person(4, { userName: 'bergmann' }),
  ],
});

/** Knows neither search nor e-mail addresses. */
async function read(filter: PersonFilter, maxObjects: number) {
  const unknown = ['name_prefix', 'after_user_name', 'email_address'].find((key) => key in filter);
  if (unknown !== undefined) throw new ConfigServerError('InvalidFilter', `unknown filter key "${unknown}"`);
  return (await backend.readPersons(filter)).slice(0, maxObjects);
}

it('finds each person once by a whole name, and says that it does no more', async () => {
  expect(await searchPersons(read, { text: 'Berg', limit: 50 })).toEqual({
    people: [
      expect.objectContaining({ userName: 'berg' }),
      expect.objectContaining({ userName: 'user-2' }),
      expect.objectContaining({ userName: 'user-3' }),
    ],
    isCut: false,
    isWholeNames: true,
  });
});

it('shows the first people without a text, and that there are more', async () => {
  const page = await searchPersons(read, { text: '', limit: 3 });
  expect([page.people.length, page.isCut, page.isWholeNames]).toEqual([3, true, true]);
});

it('passes on every other failure', async () => {
  const down = async () => {
    throw new ConfigServerError('NoEndpoint', 'nobody answers');
  };
  await expect(searchPersons(down, { text: 'a', limit: 1 })).rejects.toMatchObject({ code: 'NoEndpoint' });
});
