/** Checks whether Auth API answers this service. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { type Probe, saidAs } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';

export function authApiProbe(authApi: Pick<AuthApiClient, 'readInteraction'>): Probe {
  return {
    name: 'Auth API',
    async run(signal) {
      try {
        // Of a login that does not exist: any answer will do.
        await authApi.readInteraction('health', undefined, { signal });
      } catch (error) {
        if (!(error instanceof UpstreamError) || error.status !== 401) throw error;
        return saidAs('failed', [say('probe.serviceClient.refused', { service: 'Auth API' })]);
      }
      return saidAs('ok', [say('probe.serviceClient.known', { service: 'Auth API' })]);
    },
  };
}
