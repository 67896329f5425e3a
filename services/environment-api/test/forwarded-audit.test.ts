/** Changes of configuration reach the second destination with the ids of the trail, and without a secret. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '@gatehouse/testing/keys';
import { expect, it, onTestFinished } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

async function startWebhook() {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      texts.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/audit`, texts };
}

async function startForwarding(url: string, now?: () => number) {
  const api = await startApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_AUDIT_FORWARD_URL: url,
      GATEHOUSE_AUDIT_FORWARD_SECRET: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
    },
    ...(now && { now }),
  });
  onTestFinished(() => api.close());
  return api;
}

async function finding(api: RunningApi) {
  const { findings } = (await api.call('GET', '/diagnosis')).body.data;
  return findings.find(({ name }: { name: string }) => name === 'Second audit destination');
}

it('the diagnosis says how long events have waited for it', async () => {
  const webhook = await startWebhook();
  const api = await startForwarding(webhook.url);
  await api.environment();
  await expect.poll(() => webhook.texts.length, { timeout: 30_000 }).toBe(1);
  await expect.poll(() => finding(api), { timeout: 30_000 }).toMatchObject({ status: 'ok' });

  let laterMs = 0;
  const silent = await startForwarding('http://127.0.0.1:1/audit', () => Date.now() + laterMs);
  await silent.environment();
  laterMs = 300_000;
  await expect
    .poll(() => finding(silent), { timeout: 30_000 })
    .toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^1 event waits for 127\.0\.0\.1:1, the oldest for \d+ minutes/),
    });
}, 60_000);

it('every change arrives once, in order, and no secret with it', async () => {
  const webhook = await startWebhook();
  const api = await startForwarding(webhook.url);
  const mutual = createAuthority().issue();
  const payload = {
    data: environmentBody({ password: 'first-password-4d', tlsEnabled: true, tls: { mutual } }),
  };
  const { id } = (await api.call('POST', '/environments', { payload })).body.data;
  await api.call('PATCH', `/environments/${id}`, { payload: { data: { password: 'second-password-4d' } } });
  await api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'north' } } });

  const events = () => webhook.texts.flatMap((text) => JSON.parse(text).data.events);
  await expect.poll(() => events().length, { timeout: 30_000 }).toBe(3);
  expect(events().map(({ event }) => event.action)).toEqual([
    'environment_created',
    'environment_updated',
    'environment_updated',
  ]);
  expect(events()[2]).toMatchObject({
    event: { id: expect.stringMatching(/^environment-api-/), sequence: 3 },
    service: { name: 'environment-api' },
    gatehouse: { details: { changes: { tenant: { from: 'Environment', to: 'north' } } } },
  });
  const { rows } = await api.pool.query('SELECT target, position FROM environment.audit_shipping');
  expect(rows).toEqual([{ target: 'forward', position: '3' }]);
  const sent = webhook.texts.join('');
  for (const secret of ['first-password-4d', 'second-password-4d', mutual.key.split('\n')[1] ?? ''])
    expect(sent).not.toContain(secret);
}, 60_000);
