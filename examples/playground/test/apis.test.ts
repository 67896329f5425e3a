/** The pages of the APIs without a stack: what the viewer may load, and what a call takes along. */
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveApis } from '../apis.ts';
import type { PlaygroundOptions } from '../options.ts';

let app: FastifyInstance;
let upstream: FastifyInstance;
beforeAll(async () => {
  upstream = fastify();
  upstream.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  upstream.all('/auth/v3/*', ({ headers, body }, reply) =>
    reply.header('set-cookie', 'session=1').send({ headers, body }),
  );
  const issuerOrigin = await upstream.listen({ host: '127.0.0.1', port: 0 });
  app = fastify();
  const options = { issuerOrigin, operator: { username: 'ops', password: 'p' } } as PlaygroundOptions;
  await serveApis(app, options, (reply, page) => reply.type('text/html').send(page.body.text));
});
afterAll(async () => {
  await app?.close();
  await upstream?.close();
});

it('a call takes its body and credentials along as they are, and nothing of this origin', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/auth/v3/oauth/token',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: 'Basic eDp5',
      cookie: 'visit=1',
      origin: 'http://127.0.0.1:8091',
      'sec-fetch-site': 'same-origin',
    },
    payload: 'grant_type=client_credentials&scope=a+b',
  });
  const { headers, body } = answer.json();
  expect(body).toBe('grant_type=client_credentials&scope=a+b');
  expect(headers).toMatchObject({ authorization: 'Basic eDp5' });
  expect(Object.keys(headers).filter((name) => /^(cookie|origin|referer|sec-)/.test(name))).toEqual([]);
  expect(answer.headers['set-cookie']).toBeUndefined();
});

it('the viewer loads its style and its script, and no other file of its package', async () => {
  for (const [name, status] of [
    ['swagger-ui.css', 200],
    ['swagger-ui-bundle.js', 200],
    ['index.html', 404],
    ['oauth2-redirect.html', 404],
    ['package.json', 404],
  ] as const)
    expect([name, (await app.inject(`/assets/viewer/${name}`)).statusCode]).toEqual([name, status]);
});

it('each API has a page, and there is no other one', async () => {
  expect((await app.inject('/api')).headers.location).toBe('/api/auth');
  for (const [name, base] of [
    ['auth', '/auth/v3'],
    ['environment', '/environment/v3'],
  ])
    expect((await app.inject(`/api/${name}`)).body).toContain(`data-document="${base}/openapi.json"`);
  expect((await app.inject('/api/other')).statusCode).toBe(404);
});
