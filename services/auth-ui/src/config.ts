/** Defines every setting of Auth UI; only this file names its environment variables. */

import { type ConfigOf, defineConfiguration } from '@gatehouse/service-kit/config/configuration';
import { httpSettings, tlsProblems } from '@gatehouse/service-kit/config/http';
import { read, setting } from '@gatehouse/service-kit/config/setting';
import {
  allowPlaintextPublicUrlSetting,
  logSettings,
  modeSetting,
  publicUrlSetting,
  serviceClientSettings,
  tracingSettings,
} from '@gatehouse/service-kit/config/shared-settings';

export const configuration = defineConfiguration(
  'auth-ui',
  {
    mode: modeSetting,
    publicUrl: publicUrlSetting,
    allowPlaintextPublicUrl: allowPlaintextPublicUrlSetting,
    http: httpSettings({ port: 8082, managementPort: 8083 }),
    log: logSettings,
    authApi: {
      url: setting(read.baseUrl(), {
        env: 'GATEHOUSE_AUTH_API_URL',
        doc: 'Address of Auth API inside the cluster: scheme, host and port without a path.',
        example: 'http://gatehouse-auth-api:80',
      }),
      internalUrl: setting(read.baseUrl().optional(), {
        env: 'GATEHOUSE_AUTH_API_INTERNAL_URL',
        doc: 'Address of its internal listener, without a path. Without it, `url` is called, where a new Auth API no longer answers.',
        example: 'http://gatehouse-auth-api-internal:80',
      }),
      timeoutMs: setting(read.integer(100, 30_000).default(3000), {
        env: 'GATEHOUSE_AUTH_API_TIMEOUT_MS',
        doc: 'Maximum wait for an answer of Auth API, in milliseconds; then the page says that sign-in is not available.',
      }),
    },
    serviceClient: serviceClientSettings,
    tracing: tracingSettings,
  },
  { problemsBetween: ({ http }) => tlsProblems(http.tls) },
);

export type Config = ConfigOf<typeof configuration>;
