import { registerInConsul } from '@gatehouse/config-server-simulator/consul-registration';
import { consulProgramVariable, startConsulAgent } from '@gatehouse/testing/consul';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { describe, expect, it, onTestFinished } from 'vitest';
import { login, renewLink, serviceName, startWithConsul } from './discovered-servers.ts';

const program = process.env[consulProgramVariable] ?? '';

describe.skipIf(program === '')('logins with a real Consul agent', () => {
  recordForeignSoftware('Consul', 'signs people in by a Configuration Server that it names', () =>
    printedVersion(program, 'version'),
  );
  it('work with a server that registered itself, and go on when the agent dies, over a new link too', async () => {
    const agent = await startConsulAgent({ program });
    onTestFinished(() => agent.kill());
    const stack = await startWithConsul(agent.url);
    expect(await login(stack)).toBe(503);

    const registration = registerInConsul({
      url: agent.url,
      service: serviceName,
      id: 'one',
      host: '127.0.0.1',
      port: stack.simulator.port,
      current: () => ({ role: 'primary' }),
    });
    onTestFinished(() => registration.close());
    await registration.registered;
    await expect.poll(() => login(stack), { timeout: 20_000 }).toBe(200);

    await agent.kill();
    expect(await login(stack)).toBe(200);
    await renewLink(stack);
    expect(await login(stack)).toBe(200);
  });
});
