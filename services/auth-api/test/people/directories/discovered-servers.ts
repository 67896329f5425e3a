/** A running Auth API whose environment has no server of its own: it names a service in Consul. */
import { expect, onTestFinished } from 'vitest';
import { type AuthApi, environmentId, environmentOf, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { agent } from '../../stack/interaction.ts';

export const serviceName = 'config-server';

export async function startWithConsul(consulUrl: string): Promise<AuthApi> {
  const stack = await startAuthApi({ env: { GATEHOUSE_CONSUL_URL: consulUrl } });
  onTestFinished(() => stack.close());
  const environment = environmentOf(stack.simulator.port, 2);
  stack.environmentApi.environments.set(environmentId, {
    ...environment,
    configServers: [],
    consulService: serviceName,
  });
  return stack;
}

/** Status of a login of the demo's agent. */
export async function login({ app }: AuthApi): Promise<number> {
  return (await createBrowser(app).postJson('/auth/v3/sign-in', { data: agent })).status;
}

/** A new version of the environment, told as Environment API does: its link is replaced. Resolves when Auth API has read it. */
export async function renewLink({ environmentApi, deps }: AuthApi): Promise<void> {
  const environment = environmentApi.environments.get(environmentId);
  if (environment === undefined) throw new Error('there is no environment');
  environmentApi.environments.set(environmentId, { ...environment, version: environment.version + 1 });
  const given = () =>
    environmentApi.asked.filter(({ path, status }) => path.includes('/environments/') && status === 200)
      .length;
  const before = given();
  await announceChange({ environmentApi, deps }, { entity: 'environment', id: environmentId });
  await expect.poll(given, { timeout: 10_000 }).toBeGreaterThan(before);
}
