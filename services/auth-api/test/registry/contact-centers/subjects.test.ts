import type { EnvironmentContactCenters } from '@gatehouse/contracts/environment-api';
import { expect, it } from 'vitest';
import { createSubjects } from '../../../src/registry/contact-centers/subjects.ts';
import { contactCenterId, demoContactCenter, otherContactCenterId } from '../../stack/auth-api.ts';

const person = { contactCenterId, sub: '11111111-1111-8111-8111-111111111111' };
type Sharer = EnvironmentContactCenters[number];

async function kindsOf(ofEnvironment: () => Promise<Sharer[]>): Promise<string[]> {
  const kinds: string[] = [];
  const subjects = createSubjects({
    contactCenters: { find: async () => demoContactCenter, ofEnvironment },
    revocations: {
      async revokeAll(orders) {
        kinds.push(...orders.map(({ kind }) => kind));
      },
    },
  });
  await subjects.revoke(person);
  await subjects.revokeAtClient('application', person);
  return kinds;
}

const sharer = (id: string): Sharer => ({
  id,
  subjectScope: 'environment',
  subjectsWereShared: false,
});

it('ends it at replicas of the release before, too, where nobody else has the subject', async () => {
  const kinds = await kindsOf(async () => [sharer(contactCenterId)]);
  expect(kinds).toEqual(['person', 'sub', 'client-person', 'client-user']);
});

it('ends it there as well while Environment API of the release before names no contact centre', async () => {
  expect(await kindsOf(async () => [])).toEqual(['person', 'sub', 'client-person', 'client-user']);
});

it('ends nothing of another contact centre with the same subject, nor where that cannot be read', async () => {
  const both = async () => [contactCenterId, otherContactCenterId].map(sharer);
  expect(await kindsOf(both)).toEqual(['person', 'client-person']);
  const away = async () => Promise.reject(new Error('away'));
  expect(await kindsOf(away)).toEqual(['person', 'client-person']);
});
