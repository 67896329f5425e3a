import { CfgObjectType, type PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { demoServiceAccount } from '../src/seed/demo.ts';
import { agent, connectTo, recordingLog, startServer, until } from './harness.ts';

describe('authentication', () => {
  it('accepts the right password and says who it is', async () => {
    const client = connectTo([await startServer()]);
    expect(await client.authenticate(agent)).toEqual({
      userDbid: 101,
      tenantDbid: 101,
      userName: 'agent',
      changePasswordRequired: false,
    });
    expect(client.state).toBe('open');
    expect(client.stateReason).toBeUndefined();
  });

  it('compares user names without case and passwords exactly', async () => {
    const client = connectTo([await startServer()]);
    await expect(client.authenticate({ ...agent, userName: 'AGENT' })).resolves.toMatchObject({
      userDbid: 101,
    });
    await expect(
      client.authenticate({ ...agent, password: agent.password.toUpperCase() }),
    ).rejects.toMatchObject({
      code: 'AuthenticationFailed',
    });
  });

  it('gives one answer for unknown, wrong, disabled and other tenant', async () => {
    const client = connectTo([await startServer()]);
    const failures = await Promise.all(
      [
        { userName: 'nobody', password: agent.password },
        { ...agent, password: 'wrong' },
        { userName: 'locked', password: 'demo-locked-password' },
        { ...agent, tenantDbid: 1 },
      ].map((request) => client.authenticate(request).catch((error) => error)),
    );
    for (const { code, message, retryable, details, sent } of failures) {
      expect({ code, message, retryable, details, sent }).toEqual({
        code: 'AuthenticationFailed',
        message: 'user name or password is wrong',
        retryable: false,
        details: undefined,
        sent: true,
      });
    }
  });

  it('tells that the password must be changed, and when the account was used last', async () => {
    const client = connectTo([await startServer()]);
    const newcomer = { userName: 'newcomer', password: 'demo-newcomer-password' };
    await expect(client.authenticate(newcomer)).resolves.toMatchObject({ changePasswordRequired: true });
    await expect(client.authenticate(newcomer)).resolves.toMatchObject({ lastLogin: expect.any(Number) });
  });

  it('carries odd names and passwords byte by byte', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const odd = [
      ['nul\u0000name', 'nul\u0000password'],
      ['emoji 🦊', '🗝️'.repeat(20)],
      ['combining e\u0301', 'e\u0301'],
      ['longest', `${'€'.repeat(341)}x`],
      ['n'.repeat(255), ' blanks at both ends '],
    ] as const;
    for (const [userName, password] of odd)
      await server.store.createPerson({ tenantDbid: 101, userName, password });
    for (const [userName, password] of odd) {
      await expect(client.authenticate({ userName, password })).resolves.toMatchObject({ userName });
    }
    // Another normal form is another name and another password; nothing ends at a NUL or is trimmed.
    for (const [userName, password] of [
      ['combining e\u0301', '\u00e9'],
      ['combining \u00e9', 'e\u0301'],
      ['nul', 'nul\u0000password'],
      ['nul\u0000name', 'nul'],
      ['nul\u0000name', 'nul\u0000other'],
      ['n'.repeat(255), 'blanks at both ends'],
    ] as const) {
      await expect(client.authenticate({ userName, password })).rejects.toMatchObject({
        code: 'AuthenticationFailed',
      });
    }
    // One beyond what the protocol carries is not cut short but refused, unsent.
    for (const request of [
      { userName: 'n'.repeat(256), password: 'x' },
      { userName: 'longest', password: 'x'.repeat(1_025) },
    ])
      await expect(client.authenticate(request)).rejects.toMatchObject({
        code: 'MalformedBody',
        sent: false,
      });
  });

  it('refuses impossible requests without sending them', async () => {
    const client = connectTo([await startServer()]);
    await expect(client.authenticate({ userName: '', password: 'x' })).rejects.toMatchObject({
      code: 'MalformedBody',
      sent: false,
    });
  });

  it('settles at once when the caller has given up already', async () => {
    const client = connectTo([await startServer()]);
    await client.authenticate(agent);
    await expect(client.authenticate(agent, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'Aborted',
      sent: false,
    });
  });
});

describe('changing a password', () => {
  it('makes the new one count at once and tells the subscribers, without the password', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.changePassword({
      userName: 'newcomer',
      oldPassword: 'demo-newcomer-password',
      newPassword: 'fresh-1',
    });
    await expect(client.authenticate({ userName: 'newcomer', password: 'fresh-1' })).resolves.toMatchObject({
      changePasswordRequired: false,
    });
    await expect(
      client.authenticate({ userName: 'newcomer', password: 'demo-newcomer-password' }),
    ).rejects.toMatchObject({ code: 'AuthenticationFailed' });
    await until(() => changes.length > 0, 'the change is told');
    expect(changes).toMatchObject([{ kind: 'updated', dbid: 105, delta: { passwordChanged: true } }]);
    expect(JSON.stringify(changes)).not.toContain('fresh-1');
  });

  it('names every rule that the new password breaks', async () => {
    const server = await startServer({
      seed: {
        tenants: [
          {
            name: 'strict',
            securityRules: {
              'password-min-length': 12,
              'password-req-number': true,
              'password-no-repeats': 2,
            },
          },
        ],
        applications: [{ name: demoServiceAccount.applicationName }],
        persons: [
          { tenant: 'ENVIRONMENT', ...pick(demoServiceAccount) },
          { tenant: 'strict', userName: 'user', password: 'old' },
        ],
      },
    });
    const client = connectTo([server]);
    await expect(
      client.changePassword({ userName: 'user', oldPassword: 'old', newPassword: 'old' }),
    ).rejects.toMatchObject({
      code: 'PasswordPolicyViolation',
      details: { rules: ['min-length', 'number', 'no-repeats'] },
    });
  });
});

describe('reading', () => {
  it('finds a person by each filter, and none where none is', async () => {
    const client = connectTo([await startServer()]);
    for (const filter of [
      { dbid: 101 },
      { user_name: 'Agent' },
      { employee_id: 'E-101' },
      { email_address: 'agent@example.com' },
      { first_name: 'Ada', last_name: 'Agent', is_agent: 2, tenant_dbid: 101, state: 1 },
    ]) {
      expect((await client.readPersons(filter)).map(({ DBID }) => DBID)).toEqual([101]);
    }
    expect(await client.readPersons({ user_name: 'nobody' })).toEqual([]);
  });

  it('never shows a password or a hash', async () => {
    const client = connectTo([await startServer()]);
    const text = JSON.stringify(await client.readPersons({}));
    expect(text).not.toMatch(/demo-\w+-password|hash|salt|credential/i);
  });

  it('answers in which access groups a person is', async () => {
    const client = connectTo([await startServer()]);
    const names = async (dbid: number) =>
      (await client.readAccessGroups({ person_dbid: dbid })).map(({ groupInfo }) => groupInfo.name);
    expect(await names(103)).toEqual(['Users', 'Administrators']);
    expect(await names(101)).toEqual(['Users', 'Agents']);
    expect(await client.readTenants({ name: 'demo' })).toMatchObject([{ DBID: 101 }]);
  });

  it('reads many persons page by page while others get their answers in between', async () => {
    const server = await startServer();
    for (let index = 0; index < 1_050; index += 1) {
      await server.store.createPerson({
        tenantDbid: 101,
        userName: `user-${index}`,
        lastName: 'x'.repeat(200),
      });
    }
    const client = connectTo([server]);
    const order: string[] = [];
    const [all] = await Promise.all([
      client.readPersons({}).then((persons) => {
        order.push('all');
        return persons;
      }),
      client.readPersons({ dbid: 101 }).then(() => order.push('one')),
    ]);
    expect(all).toHaveLength(1_056);
    expect(new Set(all.map(({ DBID }) => DBID)).size).toBe(1_056);
    expect(order).toEqual(['one', 'all']);
  });

  it('refuses a filter key that does not exist', async () => {
    const client = connectTo([await startServer()]);
    await expect(client.readPersons({ shoe_size: 42 } as object)).rejects.toMatchObject({
      code: 'InvalidFilter',
    });
    await expect(client.readPersons({ user_name: 42 } as object)).rejects.toMatchObject({
      code: 'InvalidFilter',
    });
  });
});

describe('changes of persons', () => {
  it('arrive in order, with deltas and bare deletions', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.authenticate(agent);
    await client.readTenants({});
    const created = await server.store.createPerson({
      tenantDbid: 101,
      userName: 'temp',
      emailAddress: 'a@example.com',
    });
    const dbid = created['DBID'] as number;
    await server.store.updatePerson(dbid, { emailAddress: '', lastName: 'Named' });
    await server.store.setEnabled(dbid, false);
    await server.store.deletePerson(dbid);
    await until(() => changes.length === 4, 'four changes');
    expect(changes).toMatchObject([
      { kind: 'created', dbid, person: { userName: 'temp' } },
      {
        kind: 'updated',
        dbid,
        delta: { set: { emailAddress: '', lastName: 'Named' }, passwordChanged: false },
      },
      { kind: 'updated', dbid, delta: { set: { state: 2 } } },
      { kind: 'deleted', dbid },
    ]);
    const ids = changes.map((change) => (change.kind === 'resync' ? 0 : change.historyId));
    expect([...ids].sort((a, b) => a - b)).toEqual(ids);
  });

  it('that happen while the connection is away are told after it is back', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.authenticate(agent);
    await server.store.updatePerson(101, { lastName: 'First' });
    await until(() => changes.length === 1, 'the first change');
    server.dropConnections();
    for (let count = 2; count <= 300; count += 1)
      await server.store.updatePerson(101, { lastName: `Name ${count}` });
    await until(() => changes.length === 300, 'all changes');
    expect(changes.at(-1)).toMatchObject({ delta: { set: { lastName: 'Name 300' } } });
  });

  it('become a resync when the history does not reach back', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.authenticate(agent);
    await server.store.updatePerson(101, { lastName: 'First' });
    await until(() => changes.length === 1, 'the first change');
    server.dropConnections();
    await server.store.updatePerson(101, { lastName: 'Second' });
    server.expireHistory();
    await until(() => changes.length === 2, 'the resync');
    expect(changes[1]).toEqual({ kind: 'resync' });
    await server.store.updatePerson(101, { lastName: 'Third' });
    await until(() => changes.length === 3, 'the next change');
  });

  it('hand a tenant’s state down to its persons, one change each', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.authenticate(agent);
    await client.readTenants({});
    await server.store.updateObject(CfgObjectType.tenant, 101, { state: 2 });
    await until(() => changes.length === 4, 'a change for each enabled person');
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'AuthenticationFailed' });
  });

  it('reach the other listeners when one of them throws', async () => {
    const server = await startServer();
    const log = recordingLog();
    const client = connectTo([server], { log });
    const seen: string[] = [];
    client.subscribePersons(() => {
      throw new Error('listener broke');
    });
    client.subscribePersons(({ kind }) => seen.push(kind));
    await client.authenticate(agent);
    await client.readTenants({});
    await server.store.updatePerson(101, { lastName: 'x' });
    await until(() => seen.length === 1, 'the second listener');
    expect(log.lines.join('\n')).toContain('listener broke');
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });
});

describe('the link', () => {
  it('changes its keep-alive while it is open', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    await client.updateAddp({ localTimeoutSeconds: 1, remoteTimeoutSeconds: 1, traceMode: 'both' });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('says no password anywhere in its logs', async () => {
    const log = recordingLog();
    const server = await startServer({ log });
    const client = connectTo([server], { log });
    await client.authenticate(agent);
    await client
      .authenticate({ ...agent, password: 'wrong-secret' })
      .catch((error) => log.warn({ error }, 'refused'));
    await client.changePassword({
      userName: 'agent',
      oldPassword: agent.password,
      newPassword: 'new-secret',
    });
    await until(
      () => log.lines.filter((line) => line.startsWith('request')).length >= 4,
      'all requests are logged',
    );
    expect(log.lines.join('\n')).not.toMatch(/demo-\w+-password|wrong-secret|new-secret/);
  });

  it('refuses plaintext to another machine unless that is allowed', async () => {
    const client = connectTo([{ host: '192.0.2.1', port: 8888 }]);
    await expect(client.readTenants({})).rejects.toMatchObject({ code: 'NoEndpoint' });
    expect(client.stateReason).toContain('plaintext');
  });
});

function pick({ userName, password }: typeof demoServiceAccount) {
  return { userName, password };
}
