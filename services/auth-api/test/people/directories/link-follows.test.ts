import { demoSeed, type Simulator, startSimulator } from '@gatehouse/config-server-simulator';
import { createReadiness } from '@gatehouse/service-kit/health';
import { readinessChecks } from '@gatehouse/service-kit/http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AuthApi, environmentId, environmentOf, startAuthApi } from '../../stack/auth-api.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { login } from './discovered-servers.ts';

async function start(): Promise<{ stack: AuthApi; other: Simulator }> {
  const stack = await startAuthApi();
  onTestFinished(() => stack.close());
  const other = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
  onTestFinished(() => other.close());
  expect(await login(stack)).toBe(200);
  return { stack, other };
}

function moveTo({ environmentApi }: AuthApi, { port }: Simulator, version: number): void {
  environmentApi.environments.set(environmentId, environmentOf(port, version));
}

const has = (simulator: Simulator) => expect.poll(() => simulator.sessionCount(), { timeout: 10_000 });

describe('the link of an environment', () => {
  it('follows a change of its servers without a failed login, also back to a lower version after a restore', async () => {
    const { stack, other } = await start();
    const statuses: number[] = [];
    let isDone = false;
    // No more at once than a stranger may have tries.
    const people = Array.from({ length: 2 }, async () => {
      while (!isDone) statuses.push(await login(stack));
    });
    moveTo(stack, other, 7);
    await announceChange(stack, { entity: 'environment', id: environmentId });
    await has(other).toBe(1);
    await has(stack.simulator).toBe(0);
    moveTo(stack, stack.simulator, 3);
    await announceChange(stack, { entity: 'environment', id: environmentId });
    await has(stack.simulator).toBe(1);
    await has(other).toBe(0);
    isDone = true;
    await Promise.all(people);
    expect(statuses.length).toBeGreaterThan(1);
    expect(new Set(statuses)).toEqual(new Set([200]));
  }, 60_000);

  it('follows a change that was never told, as soon as it is known that some were missed', async () => {
    const { stack, other } = await start();
    const { environmentApi } = stack;
    moveTo(stack, other, 7);
    // The log begins behind what this replica has read last.
    const seq = environmentApi.changes.length + 5;
    environmentApi.changes.push({ entity: 'contact-center', id: 'another', seq });
    await stack.deps.stores.redis.publish('gatehouse:changes:environment', '{}');
    await has(other).toBe(1);
    await has(stack.simulator).toBe(0);
  }, 30_000);

  it('is named with its environment while it is down, which takes nobody else out of service, and comes back by itself', async () => {
    const { stack } = await start();
    const { port } = stack.simulator;
    const readiness = createReadiness(readinessChecks(stack.deps.domains));
    const links = async () => {
      await readiness.probe();
      return readiness.states.find(({ name }) => name === 'configuration-servers');
    };
    expect(await links()).toMatchObject({ ok: true });
    await stack.simulator.close();
    expect(await login(stack)).toBe(503);
    await expect.poll(links, { timeout: 15_000 }).toMatchObject({
      ok: false,
      reason: expect.stringMatching(`environment Demo people cannot be used: .*:${port}`),
    });
    expect(readiness.isReady).toBe(true);

    const successor = await startSimulator({ port, seed: demoSeed, hash: 'test' });
    onTestFinished(() => successor.close());
    await expect.poll(links, { timeout: 15_000 }).toMatchObject({ ok: true });
    expect(await login(stack)).toBe(200);
  }, 60_000);
});
