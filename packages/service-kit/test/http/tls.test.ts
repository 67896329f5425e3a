import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { createAuthority } from '@gatehouse/testing/keys';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import type { App } from '../../src/http/app-type.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

const authority = createAuthority();
const folder = await temporaryFolder();
const certFile = join(folder, 'tls.crt');
const keyFile = join(folder, 'tls.key');
const files = { certFile, keyFile, clientCertificates: true, checkIntervalMs: 20 };
const lines: string[] = [];
const log = createLogger('test', { level: 'info', format: 'json' }, {
  write: (line: string) => lines.push(line),
} as unknown as NodeJS.WritableStream);
let app: App;
let port: number;

const write = ({ cert, key }: { cert: string; key: string }) => {
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
};

beforeAll(async () => {
  write(authority.issue());
  app = await createApp({
    log,
    metrics: createMetrics({ processMetrics: false }),
    http: { bodyLimitBytes: 65_536, requestTimeoutMs: 5000, trustedProxies: [], tls: files },
  });
  app.get('/', async ({ socket }) => ({
    subject: (socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody',
  }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app?.close());

/** A connection of its own: body, and serial number of the server's certificate. */
function get(options: { cert?: string; key?: string; maxVersion?: 'TLSv1.1' } = {}) {
  return new Promise<{ body: string; serial: string }>((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: '/',
        ca: authority.cert,
        servername: 'localhost',
        agent: false,
        ...options,
      },
      (response) => {
        const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ body, serial: serialNumber }));
      },
    );
    call.on('error', reject);
    call.end();
  });
}

describe('HTTPS at the service', () => {
  it('serves who has no certificate, and sees that of who has one, whoever made it', async () => {
    expect((await get()).body).toBe('{"subject":"nobody"}');
    expect((await get(createAuthority('a stranger').issue({ names: ['client'] }))).body).toContain('client');
  });

  it('speaks nothing older than TLS 1.2', async () => {
    await expect(get({ maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  it('takes a renewed certificate up, and leaves a broken one alone', async () => {
    const { serial } = await get();
    writeFileSync(keyFile, 'half a key');
    await expect.poll(() => lines.join('')).toContain('the former one stays');
    expect((await get()).serial).toBe(serial);

    write(authority.issue());
    await expect.poll(async () => (await get()).serial, { timeout: 5000 }).not.toBe(serial);
  });

  it('does not start with files that cannot be read', async () => {
    const missing = { ...files, certFile: join(folder, 'missing.crt') };
    const http = { bodyLimitBytes: 1, requestTimeoutMs: 1, trustedProxies: [], tls: missing };

    await expect(createApp({ log, metrics: createMetrics({ processMetrics: false }), http })).rejects.toThrow(
      'missing.crt',
    );
  });
});
