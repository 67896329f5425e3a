/** Changes of configuration reach the second destination with the ids of the trail, and without a secret. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '@gatehouse/testing/certificates';
import { expect, it, onTestFinished } from 'vitest';
import { environmentBody, startApi } from './running-api.ts';

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

it('every change arrives once, in order, and no secret with it', async () => {
  const webhook = await startWebhook();
  const api = await startApi({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_AUDIT_FORWARD_URL: webhook.url,
      GATEHOUSE_AUDIT_FORWARD_SECRET: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
    },
  });
  onTestFinished(() => api.close());
  const mutual = createAuthority().issue();
  const payload = {
    data: environmentBody({ password: 'first-password-4d', tlsEnabled: true, tls: { mutual } }),
  };
  const { id } = (await api.call('POST', '/environments', { payload })).body.data;
  await api.call('PATCH', `/environments/${id}`, { payload: { data: { password: 'second-password-4d' } } });
  await api.call('PATCH', `/environments/${id}`, { payload: { data: { tenant: 'north' } } });

  const events = () => webhook.texts.flatMap((text) => JSON.parse(text).data.events);
  await expect.poll(() => events().length, { timeout: 15_000 }).toBe(3);
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
});
