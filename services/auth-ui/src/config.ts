/** Defines the configuration of Auth UI; groups of settings that several services have are in packages. */

import {
  allowPlaintextPublicUrlSetting,
  type ConfigOf,
  defineConfiguration,
  httpSettings,
  logSettings,
  modeSetting,
  publicUrlSetting,
  read,
  serviceClientSettings,
  setting,
  tlsProblems,
  tracingSettings,
} from '@gatehouse/service-kit/config';
import { z } from 'zod';

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
    environmentApi: {
      url: setting(read.baseUrl().optional(), {
        env: 'GATEHOUSE_ENVIRONMENT_API_URL',
        doc: 'Address of Environment API inside the cluster: scheme, host and port without a path. Without it there is no operator console.',
        example: 'http://gatehouse-environment-api:80',
      }),
    },
    frontPage: {
      documentationUrl: setting(z.url({ protocol: /^https?$/ }).optional(), {
        env: 'GATEHOUSE_FRONT_PAGE_DOCUMENTATION_URL',
        doc: 'Address of your documentation for developers, linked on the front page of the public host.',
        example: 'https://wiki.example.com/gatehouse',
      }),
      playgroundUrl: setting(z.url({ protocol: /^https?$/ }).optional(), {
        env: 'GATEHOUSE_FRONT_PAGE_PLAYGROUND_URL',
        doc: 'Address of an application for trying out a sign-in, linked on the front page. `npm start` sets it.',
        example: 'http://127.0.0.1:8091',
      }),
    },
    serviceClient: serviceClientSettings,
    tracing: tracingSettings,
  },
  { problemsBetween: ({ http }) => tlsProblems(http.tls) },
);

export type Config = ConfigOf<typeof configuration>;
