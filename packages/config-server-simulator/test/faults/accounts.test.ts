import { createBackendPool, type PooledEnvironment } from '@gatehouse/config-server-client/pool';
import { CfgObjectType, type KeyValueList } from '@gatehouse/people-directory';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoServiceAccount } from '../../src/seed/demo.ts';
import { agent, connectTo, quickStandby, recordingLog, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

const fewTries = { ...quickStandby, credentialsPauseMs: 60, credentialsTries: 3, failFastAfterMs: 50 };

describe('the service account', () => {
  it('with a wrong password is tried three times, then not any more; the reason is given', async () => {
    const server = await startServer();
    let registrations = 0;
    server.faults.beforeRequest = () => {
      registrations += 1;
    };
    const client = connectTo([server], { password: 'wrong-secret', standby: fewTries });
    await until(() => registrations === 3, 'three tries');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(registrations).toBe(3);
    expect(client.state).toBe('down');
    expect(client.stateReason).toContain('service account');
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'NoEndpoint' });
  });

  it('that was given up gets a new chance when its environment changes, and not before', async () => {
    const server = await startServer();
    const pool = createBackendPool({
      create: (_environment: PooledEnvironment) =>
        connectTo([server], { password: 'wrong-secret', standby: { ...fewTries, credentialsTries: 1 } }),
    });
    onTestFinished(() => pool.closeAll());
    const backend = pool.get({ id: 'one', version: 1 });
    await until(() => backend.state === 'down', 'given up');
    expect(backend.stateReason).toContain('not tried again before the configuration changes');
    // Corrected on the server; the environment is saved with the password that is right there.
    await server.store.updatePerson(100, { password: 'wrong-secret' });
    expect(pool.get({ id: 'one', version: 1 }).state).toBe('down');
    pool.get({ id: 'one', version: 2 });
    await until(() => backend.state === 'open', 'let in');
    await expect(backend.authenticate(agent)).resolves.toBeDefined();
  });

  it('is tried three times by reads and changes together', async () => {
    const proxy = await startServer({ role: 'proxy' });
    const primary = await startServer();
    await primary.store.updatePerson(100, { password: 'other-secret' });
    let registrations = 0;
    primary.faults.beforeRequest = () => {
      registrations += 1;
    };
    const client = connectTo([proxy, primary], { standby: fewTries });
    await client.authenticate(agent);
    const change = { userName: 'agent', oldPassword: agent.password, newPassword: 'moved-secret' };
    for (let count = 0; count < 6; count += 1)
      await expect(client.changePassword(change)).rejects.toMatchObject({ code: 'ReadOnly' });
    await until(() => registrations === 3, 'three tries');
    primary.faults.beforeRequest = () => {
      registrations += 1;
    };
    await expect(client.changePassword(change)).rejects.toMatchObject({ code: 'ReadOnly' });
    expect(registrations).toBe(3);
    await expect(client.readTenants({})).resolves.toBeDefined();
  });

  it('is not tried on the backup too: both share the accounts', async () => {
    const primary = await startServer();
    const backup = await startServer();
    let atBackup = 0;
    backup.faults.beforeRequest = () => {
      atBackup += 1;
    };
    const client = connectTo([primary, backup], { password: 'wrong-secret', standby: fewTries });
    await until(() => client.state === 'down', 'the client has given up');
    expect(atBackup).toBe(0);
  });

  it('that is disabled or has no application object is refused in the same way', async () => {
    const server = await startServer();
    await server.store.setEnabled(100, false);
    const disabled = connectTo([server], { standby: fewTries });
    const unknown = connectTo([server], { applicationName: 'nobody', standby: fewTries });
    await until(() => disabled.state === 'down' && unknown.state === 'down', 'both are refused');
    expect(disabled.stateReason).toBe(unknown.stateReason);
  });

  it('that must change its password says so, and gets in with a new one', async () => {
    const server = await startServer();
    await server.store.updatePerson(100, { changePasswordOnNextLogin: 2 });
    const without = connectTo([server], { standby: fewTries });
    await until(() => without.state === 'down', 'refused without a new password');
    expect(without.stateReason).toContain('must be changed');
    const client = connectTo([server], { newPassword: 'changed-secret' });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    server.dropConnections();
    await until(() => server.sessionCount() === 1, 'registered again, with the new password');
    const next = connectTo([server], { ...demoServiceAccount, password: 'changed-secret' });
    await expect(next.authenticate(agent)).resolves.toBeDefined();
  });

  it('whose new password breaks the rules is tried three times, then not any more', async () => {
    const server = await startServer();
    const rules: KeyValueList = [['security-authentication-rules', [['password-min-length', 20]]]];
    await server.store.updateObject(CfgObjectType.tenant, 1, { userProperties: rules });
    await server.store.updatePerson(100, { changePasswordOnNextLogin: 2 });
    let registrations = 0;
    server.faults.beforeRequest = () => {
      registrations += 1;
    };
    const log = recordingLog();
    const client = connectTo([server], { newPassword: 'short-secret', standby: fewTries, log });
    // Each try: once with the old password, which must be changed, then with the new one.
    await until(() => registrations === 6, 'three tries');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(registrations).toBe(6);
    expect(client.state).toBe('down');
    expect(client.stateReason).toContain('the new password breaks the password rules');
    expect(log.lines.join()).toContain('"rules":["min-length"]');
    expect(log.lines.join()).not.toContain('short-secret');
  });

  it('whose change got no answer is found out by the next attempt', async () => {
    const server = await startServer();
    await server.store.updatePerson(100, { changePasswordOnNextLogin: 2 });
    let drops = 0;
    server.faults.onAnswer = (answer, refId, send) => {
      if (answer.name === 'EventClientRegistered' && ++drops === 1) server.dropConnections();
      else send(answer, refId);
    };
    const client = connectTo([server], { newPassword: 'changed-secret' });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(drops).toBe(2);
  });

  it('that was given a new password and is refused later costs one registration each time', async () => {
    const server = await startServer();
    await server.store.updatePerson(100, { changePasswordOnNextLogin: 2 });
    const client = connectTo([server], { newPassword: 'changed-secret', standby: fewTries });
    await client.authenticate(agent);
    const passwords: string[] = [];
    server.faults.beforeRequest = (message) => {
      if (message.name === 'RequestRegisterClient') passwords.push(message.body.userPassword);
    };
    await server.store.updatePerson(100, { password: 'reset-secret' });
    server.dropConnections();
    await until(() => client.stateReason?.includes('not tried again') === true, 'given up');
    expect(passwords).toEqual(Array(3).fill('changed-secret'));
  });

  it('may be limited to one session: the newer one replaces the older', async () => {
    const server = await startServer({ limits: { singleSession: true } });
    const first = connectTo([server], {
      standby: { ...quickStandby, retryDelaysMs: [60_000], reconnectionRandomDelayMs: 60_000 },
    });
    await first.authenticate(agent);
    const second = connectTo([server]);
    await second.authenticate(agent);
    await until(() => first.state !== 'open', 'the first one was replaced');
    expect(server.sessionCount()).toBe(1);
  });
});

describe('a user’s account', () => {
  it('that is locked while the connection is fine fails that call, and nothing else', async () => {
    const server = await startServer({
      seed: {
        tenants: [{ name: 'strict', securityRules: { 'account-lockout-threshold': 3 } }],
        applications: [{ name: demoServiceAccount.applicationName }],
        persons: [
          {
            tenant: 'ENVIRONMENT',
            userName: demoServiceAccount.userName,
            password: demoServiceAccount.password,
          },
          { tenant: 'strict', userName: 'user', password: 'right-secret' },
          { tenant: 'strict', userName: 'other', password: 'right-secret' },
        ],
      },
    });
    const client = connectTo([server]);
    const wrong = { userName: 'user', password: 'wrong-secret' };
    for (let count = 0; count < 3; count += 1) {
      await expect(client.authenticate(wrong)).rejects.toMatchObject({ code: 'AuthenticationFailed' });
    }
    await expect(client.authenticate({ ...wrong, password: 'right-secret' })).rejects.toMatchObject({
      code: 'AccountLocked',
    });
    await expect(client.authenticate(wrong)).rejects.toMatchObject({ code: 'AuthenticationFailed' });
    await expect(client.authenticate({ userName: 'other', password: 'right-secret' })).resolves.toBeDefined();
    expect(client.state).toBe('open');
    expect(server.sessionCount()).toBe(1);
  });
});
