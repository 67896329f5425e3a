import { ConfigServerError } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { InMemoryBackend } from '../../src/testing/memory-backend.ts';

const backend = () =>
  new InMemoryBackend({
    persons: [
      { DBID: 7, tenantDBID: 101, userName: 'Agent', isAgent: 2, state: 1, password: 'right' },
      { DBID: 8, tenantDBID: 101, userName: 'gone', isAgent: 1, state: 2, password: 'right' },
    ],
    accessGroups: [
      {
        groupInfo: { DBID: 1, tenantDBID: 101, name: 'Agents', state: 1 },
        memberIDs: [{ DBID: 7, type: 3 }],
        type: 1,
      },
    ],
    tenants: [{ DBID: 101, name: 'demo', state: 1 }],
  });

describe('memory back end', () => {
  it('authenticates by folded name and never shows a password', async () => {
    const memory = backend();
    await expect(memory.authenticate({ userName: 'aGENT', password: 'right' })).resolves.toMatchObject({
      userDbid: 7,
    });
    expect(JSON.stringify(await memory.readPersons({}))).not.toContain('right');
  });

  it.each([
    ['a wrong password', { userName: 'agent', password: 'wrong' }],
    ['an unknown user', { userName: 'nobody', password: 'right' }],
    ['a disabled user', { userName: 'gone', password: 'right' }],
    ['another tenant', { userName: 'agent', password: 'right', tenantDbid: 102 }],
  ])('refuses %s in the same way', async (_name, request) => {
    await expect(backend().authenticate(request)).rejects.toMatchObject({ code: 'AuthenticationFailed' });
  });

  it('finds access groups by member, and nothing for what is not there', async () => {
    expect(await backend().readAccessGroups({ person_dbid: 7 })).toHaveLength(1);
    expect(await backend().readAccessGroups({ person_dbid: 8 })).toEqual([]);
    expect(await backend().readTenants({ name: 'other' })).toEqual([]);
  });

  it('changes a password, and fails as told', async () => {
    const memory = backend();
    await memory.changePassword({ userName: 'agent', oldPassword: 'right', newPassword: 'new' });
    await expect(memory.authenticate({ userName: 'agent', password: 'new' })).resolves.toBeDefined();
    memory.failWith(new ConfigServerError('NoEndpoint', 'down'));
    expect(memory.state).toBe('down');
    await expect(memory.readTenants({})).rejects.toMatchObject({ code: 'NoEndpoint' });
  });
});
