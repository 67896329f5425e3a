import { once } from 'node:events';
import { createEnvironmentApiClient, type EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { createHttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { noSecondFactor, passwordPlace } from '@gatehouse/contracts/environment-api';
import { createSecretBox, randomUuid } from '@gatehouse/service-kit/crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let client: EnvironmentApiClient;
let close: () => Promise<void>;

beforeAll(async () => {
  api = await startApi();
  const baseUrl = await api.internalApp.listen({ host: '127.0.0.1', port: 0 });
  const authorization = api.authApi.token({ internal_client: true });
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl,
    authorization: async () => authorization,
  });
  client = createEnvironmentApiClient(http);
  close = http.close;
});
afterAll(async () => {
  await close();
  await api.close();
});

describe('what Auth API is told', () => {
  it('is the contact centre of a domain in any spelling, with the settings effective at a location', async () => {
    const domain = `Acme-${randomUuid()}`;
    const environmentId = await api.environment();
    const id = await api.contactCenter({ environmentId, domains: [domain], name: 'Acme' });
    for (const [location, value] of [
      ['/', 'root'],
      ['/USW1', 'region'],
    ]) {
      await api.call('POST', `/contact-centers/${id}/settings`, {
        payload: { data: { name: 'x-greeting', value, location } },
      });
    }
    const found = await client.contactCenterByDomain(domain.toUpperCase(), '/USW1/DC9');
    expect(found).toEqual({
      outcome: 'found',
      etag: expect.stringMatching(/^"\d+"$/),
      data: {
        id,
        name: 'Acme',
        environmentId,
        domains: [domain],
        auth: 'configServer',
        membership: { by: 'all', names: [] },
        subjectScope: 'contactCenter',
        secondFactor: noSecondFactor,
        status: 'active',
        version: expect.any(Number),
        settings: { 'x-greeting': 'region' },
      },
    });
    expect(await client.contactCenterById(id, '/')).toMatchObject({
      data: { settings: { 'x-greeting': 'root' } },
    });
    const { etag } = found as { etag: string };
    expect(await client.contactCenterByDomain(domain, '/USW1/DC9', { etag })).toEqual({
      outcome: 'unchanged',
    });
    expect(await client.contactCenterByDomain('nobody', '/')).toEqual({ outcome: 'unknown' });
    expect(await client.contactCenterById('nobody', '/')).toEqual({ outcome: 'unknown' });
  });

  it('is the environment with its password sealed for its own row', async () => {
    const id = await api.environment(environmentBody({ password: 'cs-pässword' }));
    const found = await client.environmentById(id);
    if (found.outcome !== 'found') throw new Error(found.outcome);
    expect(found.data).toMatchObject({ id, traceMode: 'both', localTimeout: 5, tlsEnabled: false });
    const box = createSecretBox(api.config.encryption.keys);
    expect(box.open(found.data.passwordEnvelope, passwordPlace(id)).toString()).toBe('cs-pässword');
    expect(() => box.open(found.data.passwordEnvelope, passwordPlace(randomUuid()))).toThrow();
    expect(await client.environmentById(id, { etag: found.etag })).toEqual({ outcome: 'unchanged' });
    expect(await client.environmentById(randomUuid())).toEqual({ outcome: 'unknown' });
  });

  it('is refused to the operator and to other clients', async () => {
    expect((await api.call('GET', '/internal/changes')).status).toBe(403);
    const headers = { authorization: api.authApi.token({ authorities: ['ROLE_MANAGEMENT_APPLICATION'] }) };
    expect((await api.call('GET', '/internal/changes', { headers })).status).toBe(403);
  });

  it('cannot be asked for without a token', async () => {
    const http = createHttpClient({
      dependency: 'Environment API',
      baseUrl: `http://127.0.0.1:${(api.internalApp.server.address() as { port: number }).port}`,
    });
    await expect(createEnvironmentApiClient(http).changesSince(0)).rejects.toThrow(UpstreamError);
    await http.close();
  });
});

describe('changes', () => {
  it('are numbered without gaps, told on the channel after the commit, and listed after a number', async () => {
    const subscriber = new Redis(api.redis.url);
    await subscriber.subscribe('gatehouse:changes:environment');
    const messages: unknown[] = [];
    subscriber.on('message', (_channel, message) => messages.push(JSON.parse(message)));
    const { latest } = await client.changesSince(0);
    const environmentId = await api.environment();
    const id = await api.contactCenter({ environmentId });
    await api.call('POST', `/contact-centers/${id}/settings`, {
      payload: { data: { name: 'x-n', value: 'v' } },
    });
    await api.call('DELETE', `/contact-centers/${id}`);
    const expected = [
      { seq: latest + 1, entity: 'environment', id: environmentId },
      { seq: latest + 2, entity: 'contact-center', id, contactCenterId: id },
      { seq: latest + 3, entity: 'setting', id: 'x-n', contactCenterId: id },
      { seq: latest + 4, entity: 'contact-center', id, contactCenterId: id },
      { seq: latest + 5, entity: 'contact-center-end', id, contactCenterId: id },
    ].map((change) => ({ ...change, stamp: expect.stringMatching(/^\d{16}$/) }));
    while (messages.length < expected.length) await once(subscriber, 'message');
    expect(messages).toEqual(expected);
    expect(await client.changesSince(latest)).toEqual({ changes: expected, latest: latest + 5 });
    expect(await client.changesSince(latest + 1, 2)).toEqual({
      changes: expected.slice(1, 3),
      latest: latest + 5,
    });
    expect(await client.changesSince(latest + 5)).toEqual({ changes: [], latest: latest + 5 });
    subscriber.disconnect();
  });

  it('keep the order of commits under concurrent writers: a reader that goes on from the last number misses none', async () => {
    const environmentId = await api.environment();
    const start = (await client.changesSince(0)).latest;
    const seen: string[] = [];
    let position = start;
    let isWriting = true;
    const reading = (async () => {
      while (isWriting || position < (await client.changesSince(position)).latest) {
        const { changes } = await client.changesSince(position, 3);
        for (const { seq, id } of changes) {
          position = seq;
          seen.push(id);
        }
      }
    })();
    const ids = await Promise.all(Array.from({ length: 16 }, () => api.contactCenter({ environmentId })));
    isWriting = false;
    await reading;
    expect(seen).toHaveLength(16);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  it('are not recorded for a write that is refused', async () => {
    const id = await api.contactCenter();
    const { latest } = await client.changesSince(0);
    const taken = (await api.call('GET', `/contact-centers/${id}`)).body.data.domains[0];
    const other = await api.contactCenter();
    const after = await client.changesSince(latest);
    await api.call('PUT', `/contact-centers/${other}`, { payload: { data: { domains: [taken] } } });
    expect(await client.changesSince(latest)).toEqual(after);
  });

  it('are stored and told later when Redis is away: the write succeeds', async () => {
    const { latest } = await client.changesSince(0);
    await api.redis.stop();
    const id = await api.environment();
    await api.redis.start();
    expect((await client.changesSince(latest)).changes).toEqual([
      { seq: latest + 1, entity: 'environment', id, stamp: expect.any(String) },
    ]);
  });
});
