import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_BODY_LIMIT_BYTES: '4096' } });
});
afterAll(() => api.close());

const json = { 'content-type': 'application/json' };

describe('bad requests', () => {
  it.each([
    ['/nothing', '/*'],
    ['/environments/1/2/3', '/environments/*/*/*'],
    ['/contact-centers/x/kerberos', '/contact-centers/*/*'],
  ])(
    'answers 404 in the envelope for the unknown route %s, with the words of routes',
    async (path, shown) => {
      const answer = await api.call('GET', path);
      expect(answer.status).toBe(404);
      expect(answer.body.status).toMatchObject({ code: 404, name: 'not_found' });
      expect(answer.body.status.message).toContain(`/environment/v3${shown}`);
    },
  );

  it('answers 405 in the envelope and Allow for a method that a path does not have, to everybody', async () => {
    for (const headers of [{}, { authorization: 'Basic bm9ib2R5Om5vYm9keQ==' }]) {
      const answer = await api.call('PATCH', '/locations', { headers, payload: {} });
      expect(answer.body.status).toMatchObject({ code: 405, name: 'method_not_allowed' });
      expect(answer.headers['allow']).toBe('DELETE, GET, HEAD, POST');
    }
  });

  it.each(['{"data":', '{"data":{"username":"a",}}', 'data=1', '[1,2'])(
    'answers 400 with the reason for %s, which is no JSON',
    async (payload) => {
      const answer = await api.call('POST', '/environments', { headers: json, payload });
      expect(answer.status).toBe(400);
      expect(answer.body.status.message).toMatch(/not valid JSON: ./);
      expect(answer.body.errors[0].status.field).toBe('body');
    },
  );

  it.each(['null', '[]', '"text"', '7', '{}', '{"data":null}', '{"data":[]}', '', '{"username":"bare"}'])(
    'answers 400 with the name of a field for %s, which holds no data',
    async (payload) => {
      for (const path of ['/environments', '/contact-centers', '/locations']) {
        const answer = await api.call('POST', path, { headers: json, payload });
        expect(answer.status).toBe(400);
        expect(answer.body.errors[0].status.field).toMatch(/^(body|data)/);
      }
    },
  );

  it('answers 400 for a body that would set a prototype', async () => {
    const payload = '{"data":{"__proto__":{"writes":true},"name":"x"}}';
    expect((await api.call('POST', '/environments', { headers: json, payload })).status).toBe(400);
  });

  it('answers 413 for a body over the limit', async () => {
    const answer = await api.call('POST', '/environments', {
      payload: { data: environmentBody({ tenant: 'x'.repeat(5000) }) },
    });
    expect(answer.status).toBe(413);
    expect(answer.body.status).toMatchObject({ code: 413, name: 'payload_too_large' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])(
    'answers 415 for the content type %s',
    async (contentType) => {
      const answer = await api.call('POST', '/environments', {
        headers: { 'content-type': contentType },
        payload: JSON.stringify({ data: environmentBody() }),
      });
      expect(answer.status).toBe(415);
    },
  );

  it('names every field that is wrong', async () => {
    const answer = await api.call('POST', '/environments', { payload: { data: { configServers: [] } } });
    const fields = answer.body.errors.map((error: { status: { field: string } }) => error.status.field);
    expect(fields).toEqual(['data.username', 'data.password', 'data.configServers']);
  });
});

describe('accepted as installers send them', () => {
  it('an x-api-key, a charset, a cookie and any Accept header', async () => {
    const answer = await api.call('POST', '/environments', {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'x-api-key': 'whatever',
        cookie: 'gatehouse-session=stale',
        accept: 'text/html',
      },
      payload: JSON.stringify({ operationId: 'op-1', data: environmentBody() }),
    });
    expect(answer.body.status.code).toBe(0);
  });
});
