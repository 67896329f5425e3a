/** What is asked to learn whether people can sign in. */

import { examineLogin } from '@gatehouse/people-directory';
import { expect, it, vi } from 'vitest';
import { InMemoryBackend } from '../src/testing/memory-backend.ts';

it('reads no more than one person and one role, however many a server with all tenants has', async () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => index + 101);
  const backend = new InMemoryBackend({
    tenants: [{ DBID: 1, name: 'Environment', state: 1 }],
    persons: numbers.map((DBID) => ({
      ...{ DBID, tenantDBID: DBID, userName: `agent-${DBID}`, isAgent: 2, state: 1, password: 'right' },
    })),
    roles: numbers.map((DBID) => ({ DBID, tenantDBID: DBID, name: `role-${DBID}`, state: 1, members: [] })),
  });
  const reads = [vi.spyOn(backend, 'readPersonDbids'), vi.spyOn(backend, 'readRoles')];
  const place = { tenant: 'Environment', appName: 'gatehouse', username: 'service' };
  const steps = await examineLogin(backend, place);
  expect(steps.map(({ step, status }) => [step, status])).toContainEqual(['people', 'ok']);
  const lists = await Promise.all(reads.map(({ mock }) => mock.results[0]?.value));
  expect(lists).toEqual([[101], [expect.objectContaining({ DBID: 101 })]]);
});
