/** The documents where an installation serves them: what they hold, and who reads them. */
import { readFileSync } from 'node:fs';
import type { OpenApiDocument } from '@gatehouse/service-kit/openapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';

const apis = [
  ['auth-api', '/auth/v3/openapi.json'],
  ['environment-api', '/environment/v3/openapi.json'],
] as const;
const served = { GATEHOUSE_OPENAPI_ENABLED: 'true' };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ authApiEnv: served, environmentApiEnv: served });
});
afterAll(() => stage?.close());

describe.each(apis)('the document of %s', (service, path) => {
  it('is the one of the release, with the public address whatever host was asked, for pages of every origin', async () => {
    const committed: OpenApiDocument = JSON.parse(
      readFileSync(new URL(`../../../services/${service}/openapi.json`, import.meta.url), 'utf8'),
    );
    const { app } = service === 'auth-api' ? stage.authApi : stage.environmentApi;
    const answer = await app.inject({
      url: path,
      headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test', origin: 'https://anybody.test' },
    });
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect(answer.json()).toEqual({ ...committed, servers: [{ url: stage.publicUrl }] });
  });

  it('comes through the public host, and shows no call of the services to each other', async () => {
    const answer = await fetch(stage.publicUrl + path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    const { paths } = (await answer.json()) as OpenApiDocument;
    expect(Object.keys(paths)).toContain(path);
    expect(Object.keys(paths).filter((one) => one.includes('/internal'))).toEqual([]);
  });

  it('is read alone', async () => {
    const answer = await fetch(stage.publicUrl + path, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('the schemas of documents', () => {
  it('are those of the repository, for editors everywhere', async () => {
    for (const name of ['Document', 'Client']) {
      const file = `docs/reference/documents/${name}.schema.json`;
      const committed = JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'));
      const answer = await fetch(`${stage.publicUrl}/environment/v3/schemas/${name}.schema.json`);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      expect(await answer.json()).toEqual(committed);
    }
  });

  it('are named where another one is asked for', async () => {
    const answer = await fetch(`${stage.publicUrl}/environment/v3/schemas/Person.schema.json`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('Client.schema.json'),
    ]);
  });
});
