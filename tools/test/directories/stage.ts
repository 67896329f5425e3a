/** Runs Auth API and Environment API as they are, with ways to the directories that can be cut. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { freePort, startTcpProxy } from '@gatehouse/testing/network';
import { startRedis } from '@gatehouse/testing/redis';
import { vi } from 'vitest';
import { sharedSettings, startAuthApi } from '../../../services/auth-api/test/stack/auth-api.ts';
import { createClient } from '../../../services/auth-api/test/stack/oauth.ts';
import { startApi } from '../../../services/environment-api/test/running-api.ts';

export type Stage = Awaited<ReturnType<typeof startStage>>;

/** The refusal at which every directory locks; Auth API stops strangers at three. */
export const lockThreshold = 8;
export const supervisors = { group: 'Supervisors', authority: 'ROLE_SUPERVISOR' };

export async function startStage() {
  const redis = await startRedis({ persistent: true });
  const [port, internalPort] = await Promise.all([freePort(), freePort()]);
  const environmentApi = await startApi({
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_AUTH_API_URL: `http://127.0.0.1:${port}`,
      GATEHOUSE_AUTH_API_INTERNAL_URL: `http://127.0.0.1:${internalPort}`,
      ...sharedSettings,
    },
  });
  const internalUrl = await environmentApi.internalApp.listen({ host: '127.0.0.1', port: 0 });
  const toEnvironmentApi = await startTcpProxy(() => Number(new URL(internalUrl).port));
  const authApi = await startAuthApi({
    env: {
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_ENVIRONMENT_API_URL: `http://127.0.0.1:${toEnvironmentApi.port}`,
      GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: String(lockThreshold),
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
      // Each renewal reads the person, also in the millisecond of the sign-in.
      GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0',
      GATEHOUSE_AUTHORITY_MAPPING: `group:${supervisors.group}=${supervisors.authority}`,
    },
  });
  await authApi.app.listen({ host: '127.0.0.1', port });
  await authApi.internalApp.listen({ host: '127.0.0.1', port: internalPort });
  await vi.waitFor(() => authApi.deps.changes.assertDeactivationsKnown(), { timeout: 10_000 });
  const client = await createClient(authApi);
  return {
    authApi,
    environmentApi,
    toEnvironmentApi,
    client,
    /** Creates a contact centre of its own for an environment. */
    async contactCenter(fields: object): Promise<{ contactCenterId: string; domain: string }> {
      const answer = await environmentApi.call('POST', '/environments', { payload: { data: fields } });
      if (answer.status !== 200) throw new Error(answer.text);
      const domain = `domain-${randomUuid()}`;
      const environmentId = answer.body.data.id as string;
      return {
        contactCenterId: await environmentApi.contactCenter({ environmentId, domains: [domain] }),
        domain,
      };
    },
    async close() {
      await authApi.close();
      toEnvironmentApi.close();
      await environmentApi.close();
      await redis.close();
    },
  };
}
