/** Opens the client of Auth API, which introspects tokens and names administrators, and examines it. */
import {
  basicAuthorization,
  createHttpClient,
  type HttpClient,
  UpstreamError,
} from '@gatehouse/api-client/http';
import { linesOf } from '@gatehouse/service-kit/crypto';
import { type Probe, saidAs } from '@gatehouse/service-kit/health';
import { currentCorrelationId } from '@gatehouse/service-kit/http';
import { say } from '@gatehouse/service-kit/sentences';
import type { Config } from '../config.ts';

/** For what Auth API works at: it hashes each new secret of a client. */
const maxWorkMs = 120_000;

export function openAuthApi({
  authApi,
  serviceClient: { id, secret },
}: Pick<Config, 'authApi' | 'serviceClient'>) {
  const { url, internalUrl, timeoutMs } = authApi;
  const options = {
    dependency: 'Auth API',
    baseUrl: internalUrl ?? url,
    timeoutMs,
    authorization: async () => basicAuthorization(id, linesOf(secret.reveal())[0]),
    correlationId: currentCorrelationId,
  };
  const http = createHttpClient(options);
  const patient = createHttpClient({ ...options, timeoutMs: maxWorkMs });
  const introspectionPath =
    internalUrl === undefined ? '/auth/v3/oauth/introspect' : '/auth/v3/internal/introspect';
  return { http, patient, introspectionPath, probe: authApiProbe(http, introspectionPath) };
}

/** Auth API must accept the service client, without which no token can be introspected. */
function authApiProbe(authApi: HttpClient, path: string): Probe {
  return {
    name: 'Auth API',
    async run() {
      try {
        // Any token will do: an answer proves that the service client may introspect.
        await authApi.send({
          method: 'POST',
          path,
          form: { token: 'diagnosis' },
        });
      } catch (error) {
        if (!(error instanceof UpstreamError) || (error.status !== 401 && error.status !== 403)) throw error;
        return saidAs('failed', [say('probe.serviceClient.refused', { service: 'Auth API' })]);
      }
      return saidAs('ok', [say('probe.serviceClient.known', { service: 'Auth API' })]);
    },
  };
}
