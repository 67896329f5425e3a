import { RawConnection, registration } from '@gatehouse/config-server-conformance';
import { CfgOperationalMode } from '@gatehouse/people-directory';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoSeed, demoServiceAccount } from '../src/seed/demo.ts';
import { agent, startServer, watchSuite } from './harness.ts';

watchSuite();

const seed = {
  ...demoSeed,
  persons: (demoSeed.persons ?? []).map((person) =>
    person.userName === demoServiceAccount.userName ? { ...person, changePasswordOnNextLogin: true } : person,
  ),
};

async function registerWithChange(port: number) {
  const target = { host: '127.0.0.1', port };
  const connection = await RawConnection.open(target);
  onTestFinished(() => connection.end());
  const { applicationName: application, ...account } = demoServiceAccount;
  const body = { ...registration({ target, application, account, user: agent }), newPassword: 'next-secret' };
  connection.send('RequestRegisterClient', body, 1);
  return connection;
}

describe('a registration that changes the service password', () => {
  it('changes it on a server that takes changes', async () => {
    const server = await startServer({ seed });
    const connection = await registerWithChange(server.port);
    await connection.expect('EventClientRegistered', 1);
  });

  it('is refused by a proxy, and by a server in read-only mode, without a change', async () => {
    const proxy = await startServer({ seed, role: 'proxy' });
    const readOnly = await startServer({ seed });
    readOnly.state.operationalMode = CfgOperationalMode.readOnly;
    for (const server of [proxy, readOnly]) {
      const connection = await registerWithChange(server.port);
      await connection.expectError('ReadOnly', 1);
      await connection.expectClosed();
    }
    readOnly.state.operationalMode = CfgOperationalMode.full;
    // The old password still counts: the change is only now made.
    const connection = await registerWithChange(readOnly.port);
    expect((await connection.expect('EventClientRegistered', 1)).serverRole).toBe('primary');
  });
});
