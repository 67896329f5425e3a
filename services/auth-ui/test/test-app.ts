/** Auth UI as the tests use it: the whole application, configured like the real one. */
import { PassThrough } from 'node:stream';
import { loadConfig } from '@gatehouse/service-kit/config';
import { type App, createDrain } from '@gatehouse/service-kit/http';
import { createLogger, createMetrics } from '@gatehouse/service-kit/observability';
import { watchingTracing, watchLog, watchSecret } from '@gatehouse/testing/secrets';
import { buildApp } from '../src/app.ts';
import { configuration } from '../src/config.ts';
import { createDeps } from '../src/domains.ts';
import { browserCookie, serviceClient } from './auth-api-stand-in.ts';

export interface TestAppOptions {
  authApiUrl: string;
  publicUrl?: string;
  authApiTimeoutMs?: number;
  env?: Record<string, string>;
  /** Receives the log lines. */
  log?: NodeJS.WritableStream;
}

export const publicUrl = 'http://127.0.0.1:8080';

export async function buildTestApp(options: TestAppOptions): Promise<App> {
  const config = loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: options.publicUrl ?? publicUrl,
      GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL: 'true',
      GATEHOUSE_AUTH_API_URL: options.authApiUrl,
      GATEHOUSE_AUTH_API_TIMEOUT_MS: String(options.authApiTimeoutMs ?? 3000),
      GATEHOUSE_SERVICE_CLIENT_ID: serviceClient.id,
      GATEHOUSE_SERVICE_CLIENT_SECRET: serviceClient.secret,
      ...options.env,
    },
  });
  watchSecret(serviceClient.secret, 'secret of the service client');
  const output = new PassThrough().on('data', (chunk) => watchLog(String(chunk)));
  if (options.log) output.pipe(options.log);
  const deps = await createDeps(config, {
    log: createLogger('auth-ui', { level: 'trace', format: 'json' }, output),
    metrics: createMetrics({ processMetrics: false }),
    drain: createDrain(),
    version: '0.0.0',
    tracing: watchingTracing,
  });
  const app = await buildApp(deps);
  app.addHook('onClose', () => deps.close());
  return app;
}

/** A form sent by a page of ours, from the browser that the stand-in knows. */
export function formPost(fields: Record<string, string>, headers: Record<string, string> = {}) {
  return {
    method: 'POST',
    url: '/auth/sign-in.html',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      cookie: `gatehouse-browser=${browserCookie}`,
      ...headers,
    },
    payload: new URLSearchParams(fields).toString(),
  } as const;
}

export function pageGet(url: string, headers: Record<string, string> = {}) {
  return {
    method: 'GET',
    url,
    headers: { cookie: `gatehouse-browser=${browserCookie}`, ...headers },
  } as const;
}
