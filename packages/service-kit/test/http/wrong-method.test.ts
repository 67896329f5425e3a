import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors/app-error.ts';
import { type App, createApp } from '../../src/http/app.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

let app: App;

beforeAll(async () => {
  app = await createApp({
    log: createLogger('test', { level: 'silent', format: 'json' }),
    metrics: createMetrics({ processMetrics: false }),
    http: { bodyLimitBytes: 1000, requestTimeoutMs: 1000, trustedProxies: [] },
  });
  app.get('/things/:id', async () => 'thing');
  app.delete('/things/:id', async () => 'gone');
  app.post('/things/all', async () => 'all');
  await app.register(
    async (scope: App) => {
      scope.setErrorHandler((error: AppError, _request: FastifyRequest, reply: FastifyReply) =>
        reply.code(error.status).send({ ownForm: error.message }),
      );
      scope.addHook('onRequest', async () => {
        throw new AppError('unauthorized', 401, 'for those who are let in');
      });
      scope.post('/token', async () => 'token');
    },
    { prefix: '/oauth' },
  );
});
afterAll(() => app?.close());

const ask = async (method: string, url: string) => {
  const answer = await app.inject({ method: method as 'GET', url });
  return { status: answer.statusCode, allow: answer.headers.allow, body: answer.body };
};

describe('a method that a path has not', () => {
  it('is answered 405 with those that it has, also to who is not let in, in the format of its routes', async () => {
    const answer = await ask('GET', '/oauth/token?secret=s');

    expect(answer).toMatchObject({ status: 405, allow: 'POST' });
    expect(JSON.parse(answer.body)).toEqual({ ownForm: 'GET is not possible here: use POST' });
    expect(JSON.parse((await ask('PUT', '/things/7')).body)).toMatchObject({
      status: { code: 405, name: 'method_not_allowed' },
    });
  });

  it('is what is wrong also where the body is, too', async () => {
    const broken = { headers: { 'content-type': 'application/json' }, payload: '{"a":' };
    const statusOf = async (url: string) => (await app.inject({ method: 'PUT', url, ...broken })).statusCode;
    expect([await statusOf('/oauth/token'), await statusOf('/nothing')]).toEqual([405, 404]);
  });

  it('is told all methods of all routes that the path is one of', async () => {
    expect(await ask('PUT', '/things/7')).toMatchObject({ status: 405, allow: 'DELETE, GET, HEAD' });
    expect(await ask('PUT', '/things/all')).toMatchObject({ status: 405, allow: 'DELETE, GET, HEAD, POST' });
    expect(await ask('PROPFIND', '/things/7')).toMatchObject({ status: 405 });
  });

  it.each(['/', '/things', '/things/', '/things/7/', '/things/7/more', '/oauth/Token', '/oauth/token/'])(
    'is 404 where there is nothing at all: %s',
    async (url) => {
      expect(await ask('PUT', url)).toMatchObject({ status: 404, allow: undefined });
    },
  );
});
