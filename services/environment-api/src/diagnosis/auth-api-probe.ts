/** Whether Auth API is there for this service. */
import { type HttpClient, UpstreamError } from '@gatehouse/contracts/http-client';
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';

/** Auth API takes our service client: without it no Bearer token is understood. */
export function authApiProbe(authApi: HttpClient): Probe {
  return {
    name: 'Auth API',
    async run() {
      try {
        // Any token will do: the answer that it is none proves that we may ask.
        await authApi.send({
          method: 'POST',
          path: '/auth/v3/oauth/introspect',
          form: { token: 'diagnosis' },
        });
      } catch (error) {
        if (!(error instanceof UpstreamError) || (error.status !== 401 && error.status !== 403)) throw error;
        const fix = 'set GATEHOUSE_SERVICE_CLIENT_ID and _SECRET alike on both sides';
        return { status: 'failed', message: `It refused the service client: ${fix}.` };
      }
      return { status: 'ok', message: 'It answers, and knows the service client.' };
    },
  };
}
