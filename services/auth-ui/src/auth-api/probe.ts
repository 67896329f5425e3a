/** Checks whether Auth API answers this service. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { Probe } from '@gatehouse/service-kit/health';

export function authApiProbe(authApi: Pick<AuthApiClient, 'readInteraction'>): Probe {
  return {
    name: 'Auth API',
    async run(signal) {
      try {
        // Of a login that does not exist: any answer will do.
        await authApi.readInteraction('health', undefined, { signal });
      } catch (error) {
        if (!(error instanceof UpstreamError) || error.status !== 401) throw error;
        const fix = 'set GATEHOUSE_SERVICE_CLIENT_ID and _SECRET alike on both sides';
        return { status: 'failed', message: `It refused the service client: ${fix}.` };
      }
      return { status: 'ok', message: 'It answers, and knows the service client.' };
    },
  };
}
