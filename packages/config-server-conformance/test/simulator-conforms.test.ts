import { describe, expect, it } from 'vitest';
import { demoServiceAccount } from '../../config-server-simulator/src/seed/demo.ts';
import { agent, startServer, watchSuite } from '../../config-server-simulator/test/harness.ts';
import { examine } from '../src/examine.ts';
import { addFolder } from './folder.ts';

watchSuite();

const subject = (port: number) => ({
  target: { host: '127.0.0.1', port },
  application: demoServiceAccount.applicationName,
  account: { userName: demoServiceAccount.userName, password: demoServiceAccount.password },
  user: agent,
});

describe('conformance', () => {
  it('is what the simulator passes, every check', async () => {
    const server = await startServer({ limits: { registerTimeoutMs: 500 } });
    await addFolder(server);
    const { results } = await examine(subject(server.port), () => undefined);
    expect(results.filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(results.length).toBeGreaterThan(30);
  }, 60_000);

  it('is what a server that errs does not pass', async () => {
    const server = await startServer({
      limits: { maxFrameBytesBeforeRegistration: 1_000_000, registerTimeoutMs: 500 },
    });
    server.faults.onAnswer = (answer, refId, send) => {
      if (answer.name === 'EventAuthenticated')
        send({ ...answer, body: { ...answer.body, userName: 'somebody else' } }, refId);
      else if (answer.name === 'EventObjectsSent')
        send({ ...answer, body: { ...answer.body, total: 99 } }, refId);
      else send(answer, refId);
    };
    const { results } = await examine(subject(server.port), () => undefined);
    const failed = results.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
    expect(failed).toEqual([
      'refuses a body over 16 KiB before registration by its header alone',
      'authenticates a user, and compares user names without case',
      'answers zero objects for what does not exist',
      'reads a person by user name, by the object model, without a password',
      'finds the folder of a person by the number of the person, or does not know the key',
      'ends a list early when it is told to, and says so',
      'leaves out the fields that were not asked for, but never the DBID',
    ]);
  }, 60_000);

  it('is not looked for any longer at a server that fell silent', async () => {
    const server = await startServer({ limits: { registerTimeoutMs: 500 } });
    const { target, ...accounts } = subject(server.port);
    const { results, obstacle } = await examine(
      { target: { ...target, patienceMs: 300 }, ...accounts },
      () => {
        server.faults.onConnection = () => 'ignore';
      },
    );
    expect(results.map(({ failure }) => failure)).toEqual([
      undefined,
      expect.stringContaining('within 300 ms'),
    ]);
    expect(obstacle).toMatchObject({ exitCode: 1, message: expect.stringContaining('says nothing') });
  }, 20_000);
});
