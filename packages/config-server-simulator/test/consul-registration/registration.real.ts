import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { consulEndpoints } from '@gatehouse/config-server-client/consul';
import { type ConsulTestAgent, consulProgramVariable, startConsulAgent } from '@gatehouse/testing/consul';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { registerInConsul, type ServerCondition } from '../../src/consul-registration/register-in-consul.ts';
import { demoServiceAccount } from '../../src/seed/demo.ts';
import type { Simulator } from '../../src/simulator.ts';
import { agent as person, quickStandby, startServer, until } from '../harness.ts';
import { startLoad } from './load.ts';

const program = process.env[consulProgramVariable] ?? '';
const longMs = 30_000;

describe.skipIf(program === '')('a simulator in a real Consul agent', () => {
  let consul: ConsulTestAgent;
  let services = 0;

  beforeAll(async () => {
    consul = await startConsulAgent({ program });
  });
  afterAll(() => consul.kill());
  recordForeignSoftware('Consul', 'registers the simulated Configuration Server in it', () =>
    printedVersion(program, 'version'),
  );

  /** A service name of its own for each test. */
  const newService = () => `config-server-${++services}`;

  function enter(
    agent: ConsulTestAgent,
    service: string,
    id: string,
    server: Pick<Simulator, 'host' | 'port'>,
    condition: ServerCondition,
  ) {
    const registration = registerInConsul({
      url: agent.url,
      service,
      id,
      host: server.host,
      port: server.port,
      current: () => condition,
      ttlSeconds: 3,
    });
    onTestFinished(() => registration.close());
    return registration;
  }

  function watch(service: string) {
    const lists: string[][] = [];
    const source = consulEndpoints({ url: consul.url, service });
    onTestFinished(() => source.close());
    source.subscribe((endpoints) =>
      lists.push(endpoints.map(({ id, role, draining }) => `${id} ${role}${draining ? ' draining' : ''}`)),
    );
    return { source, lists, last: () => lists.at(-1)?.join() ?? '' };
  }

  it('is found while it lives, is never missing in between, and is gone after it was closed', async () => {
    const service = newService();
    const [one, two] = [await startServer(), await startServer()];
    const condition: ServerCondition = { role: 'primary' };
    const registration = enter(consul, service, 'one', one, condition);
    enter(consul, service, 'two', two, { role: 'backup' });
    const { lists, last } = watch(service);
    await until(() => last() === 'one primary,two backup', 'both are listed', longMs);
    const before = lists.length;

    // More than two TTLs: only the renewals keep them listed.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    expect(lists).toHaveLength(before);

    condition.draining = true;
    registration.refresh();
    await until(() => last() === 'two backup,one primary draining', 'the drain is listed', longMs);
    expect(lists).toHaveLength(before + 1);

    await registration.close();
    await until(() => last() === 'two backup', 'one is gone', longMs);
    expect(lists).toHaveLength(before + 2);
  });

  it('vanishes when its process was killed, after its TTL', async () => {
    const service = newService();
    enter(consul, service, 'stays', await startServer(), { role: 'backup' });
    const child = startRegistrar(consul.url, service);
    onTestFinished(() => void child.kill('SIGKILL'));
    const { last } = watch(service);
    await until(() => last() === 'killed primary,stays backup', 'both are listed', longMs);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(() => last() === 'stays backup', 'the killed one is gone', longMs);
  });

  it('comes back by itself when the agent was restarted without its data', async () => {
    const agent = await startConsulAgent({ program });
    const registration = registerInConsul({
      url: agent.url,
      service: 'config-server',
      id: 'one',
      host: '127.0.0.1',
      port: 8888,
      current: () => ({ role: 'primary' }),
      ttlSeconds: 3,
    });
    onTestFinished(() => registration.close());
    await registration.registered;
    await agent.kill();
    const successor = await startConsulAgent({ program, ports: agent.ports });
    onTestFinished(() => successor.kill());
    const source = consulEndpoints({ url: successor.url, service: 'config-server' });
    onTestFinished(() => source.close());
    await until(() => source.current().length === 1, 'it is listed again', longMs);
  });

  it('loses no request when it is deregistered, nor when it drains, nor when Consul dies', async () => {
    const agent = await startConsulAgent({ program });
    onTestFinished(() => agent.kill());
    const service = newService();
    const [one, two] = [await startServer(), await startServer()];
    const condition: ServerCondition = { role: 'primary' };
    const registration = enter(agent, service, 'one', one, condition);
    await registration.registered;
    const source = consulEndpoints({ url: agent.url, service });
    const client = createConfigServerClient({
      endpoints: source,
      ...demoServiceAccount,
      standby: quickStandby,
    });
    onTestFinished(() => client.close());
    const nameOf = ({ host, port }: Simulator) => `${host}:${port}`;
    await until(() => client.endpoint === nameOf(one), 'connected to the only server', longMs);
    const load = startLoad(client, person);
    await load.flows(50);

    // Deregistered while another one is listed: the connection that works is kept.
    enter(agent, service, 'two', two, { role: 'primary' });
    await until(() => source.current().length === 2, 'both are listed', longMs);
    await registration.close();
    await until(() => source.current().length === 1, 'the server in use is not listed any more', longMs);
    await load.flows(200);
    expect(client.endpoint).toBe(nameOf(one));
    expect(two.sessionCount()).toBe(0);

    // Listed again as draining: moved away from, with the calls in flight ending where they began.
    condition.draining = true;
    const draining = enter(agent, service, 'one', one, condition);
    await until(() => client.endpoint === nameOf(two), 'moved to the other server', longMs);
    await until(() => one.sessionCount() === 0, 'the old connection was closed', longMs);
    await load.flows(200);

    // Deregistered for good and stopped: nobody is there any more.
    await draining.close();
    await one.close();
    await load.flows(200);

    await until(() => source.current().length === 1, 'only the other server is listed', longMs);

    // All of Consul goes away: the list stays, the connection too.
    await agent.kill();
    await until(() => source.problem?.includes('cannot be reached') === true, 'Consul is missed', longMs);
    await load.flows(200);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(source.current().map(({ id }) => id)).toEqual(['two']);
    expect(client.endpoint).toBe(nameOf(two));
  });
});

/** A process of its own that registers and would never leave by itself. */
function startRegistrar(url: string, service: string): ChildProcess {
  const file = new URL('../../src/consul-registration/register-in-consul.ts', import.meta.url).href;
  const settings = JSON.stringify({ url, service, id: 'killed', host: '127.0.0.1', port: 1, ttlSeconds: 3 });
  const script = `
    import { registerInConsul } from ${JSON.stringify(file)};
    registerInConsul({ ...${settings}, current: () => ({ role: 'primary' }) });
  `;
  return spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
