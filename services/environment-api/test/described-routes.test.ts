import { readFileSync } from 'node:fs';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { openApiOf } from '@gatehouse/service-kit/http';
import { inlined } from '@gatehouse/service-kit/openapi';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeInternalEnvironmentApi } from '../src/openapi.ts';
import { createPeopleStore } from './people-store.ts';
import { type Answer, type Method, type RunningApi, startApi } from './running-api.ts';
import { withSchemas } from './scim-client.ts';

/** Everything here is read from the document that callers read, and from that of the internal listener. */
const described = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
const internal = await openApiOf({
  packageUrl: new URL('../package.json', import.meta.url),
  describe: describeInternalEnvironmentApi,
});
const paths = { ...inlined(described.paths, described), ...inlined(internal.paths, internal) };

interface Schema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

interface Operation {
  operationId: string;
  parameters?: { in: string; name: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema; example?: object }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const routes = Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path.replace('/environment/v3', '')}`,
    method: method.toUpperCase() as Method,
    path: path.replace('/environment/v3', ''),
    operation,
    body: Object.values(operation.requestBody?.content ?? {})[0],
  })),
);

let api: RunningApi;
let ids: Record<string, string>;

beforeAll(async () => {
  api = await startApi({
    env: { GATEHOUSE_CHECK_STEP_TIMEOUT_MS: '100', GATEHOUSE_OPENAPI_ENABLED: 'true' },
    sendsGeneratedTexts: true,
  });
  const servers = ['/', '/USW1', '/EUW1'].map((locations) => ({
    primaryAddress: '127.0.0.1',
    primaryPort: 1,
    locations,
  }));
  const environmentId = await api.environment({ configServers: servers });
  const centerId = await api.contactCenter({ environmentId });
  const environment = (await api.call('GET', `/environments/${environmentId}`)).body.data;
  const key = await api.call('POST', `/contact-centers/${centerId}/api-keys`, {
    payload: { data: { name: 'k' } },
  });
  const store = await createPeopleStore(api);
  const make = async (endpoint: string, payload: object) =>
    (
      await api.call('POST', `/contact-centers/${store.contactCenterId}/scim/v2/${endpoint}`, {
        payload: withSchemas('POST', `/${endpoint}`, payload),
      })
    ).body.id;
  ids = {
    scimCenter: store.contactCenterId,
    userId: await make('Users', { userName: 'known' }),
    groupId: await make('Groups', { displayName: 'known' }),
    environment: environmentId,
    center: centerId,
    serverId: environment.configServers[0].id,
    keyId: key.body.data.id,
    key: key.body.data.key,
    name: 'cors-origins',
  };
});
afterAll(() => api.close());

const checkers = new Map<string, z.ZodType>();

/** What the document promises for this answer, or nothing when it is no JSON. */
function problemsOf(operation: Operation, answer: Answer): string {
  if (answer.body === undefined) return '';
  const status = String(answer.status) in operation.responses ? String(answer.status) : 'default';
  const key = `${operation.operationId} ${status}`;
  const response = operation.responses[status];
  if (!checkers.has(key) && response) {
    const { schema } = Object.values(response.content ?? {})[0] ?? { schema: {} };
    checkers.set(key, z.fromJSONSchema(schema as never));
  }
  const result = checkers.get(key)?.safeParse(answer.body);
  return result?.success === false ? `${key}: ${result.error.message}` : '';
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1.5,
    2 ** 53,
    true,
    [],
    {},
    '\u0000',
    '\ud800',
    'x'.repeat(40_000),
    'null',
    '*',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values that the schema allows, as far as it says; some that it does not. */
function valuesOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: allowedBy(schema, depth) }, { weight: 1, arbitrary: odd });
}

function allowedBy(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valuesOf(one, depth + 1)));
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      const fields = Object.fromEntries(
        properties.map(([name, one]) => [name, known(name) ?? valuesOf(one, depth + 1)]),
      );
      return fc.record(fields, { requiredKeys: schema.required ?? [] });
    }
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, depth + 1), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(schema.minimum ?? -10, -1e6),
        max: Math.min(schema.maximum ?? 1e6, 1e6),
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return fc.oneof(
        fc.constantFrom(
          '/',
          '/USW1',
          'cs.example.com',
          'https://a.example.com',
          randomUuid(),
          '2099-01-01T00:00:00Z',
          'openid',
        ),
        fc.string({
          unit: 'grapheme',
          minLength: schema.minLength ?? 0,
          maxLength: Math.min(schema.maxLength ?? 30, 30),
        }),
      );
    default:
      return odd;
  }
}

/** Ids that mean something, most of the time. */
function known(name: string): fc.Arbitrary<unknown> | undefined {
  const value = { environmentId: 'environment', contactCenterId: 'center', key: 'key' }[name];
  return value === undefined
    ? undefined
    : fc.oneof({ weight: 5, arbitrary: fc.constant(null).map(() => ids[value]) }, odd);
}

function ownerIn(name: string): 'environment' | 'center' | 'scimCenter' {
  if (name.includes('/scim/v2/')) return 'scimCenter';
  return name.includes('/environments/') ? 'environment' : 'center';
}

function pathOf({ path, name }: { path: string; name: string }, fill: (parameter: string) => string): string {
  return path.replace(/\{(\w+)\}/g, (_whole, parameter: string) => {
    if (parameter === 'id') return fill(ownerIn(name));
    return encodeURIComponent(fill(parameter));
  });
}

/** A segment of dots, or a separator that a proxy would find by decoding once more (`plain-paths.ts` of the service kit). */
const notPlain = /(?:^|\/)\.{1,2}(?:\/|$)|\\|%(?:25)*(?:2[ef]|5c)/i;

/** What would take away the things that the other routes need. */
const isDestructive = (name: string) =>
  /^DELETE \/(environments|contact-centers)\/\{id\}$|^PUT \/import$/.test(name);

describe.each(routes)('$name', (route) => {
  it('answers as its document says, whatever is sent, and never with a 5xx', async () => {
    const { method, operation, body, name } = route;
    const [mediaType = 'application/json'] = Object.keys(operation.requestBody?.content ?? {});
    const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const requests = fc.record({
      content: body ? valuesOf(body.schema) : fc.constant(undefined),
      query: fc.record(Object.fromEntries(query.map((one) => [one.name, valuesOf(one.schema)])), {
        requiredKeys: [],
      }),
      isKnown: fc.boolean(),
      stranger: fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
        // The router refuses a path that is not plain before any route is known, so no document of a route describes that answer.
        .filter((text) => text.trim() !== '' && !notPlain.test(text)),
      isInternal: fc.boolean(),
    });
    const internal = api.authApi.token({
      internal_client: true,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    });
    await fc.assert(
      fc.asyncProperty(requests, async ({ content, query: given, isKnown, stranger, isInternal }) => {
        const fill = (parameter: string) =>
          isKnown && !isDestructive(name) ? (ids[parameter] ?? stranger) : stranger;
        const path = pathOf(route, (parameter) =>
          ['environment', 'center', 'scimCenter'].includes(parameter)
            ? encodeURIComponent(fill(parameter))
            : fill(parameter),
        );
        const text = Object.entries(given).map(([key, value]) => [
          key,
          (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed().slice(0, 500),
        ]);
        const search = new URLSearchParams(name === 'PUT /import' ? [['dryRun', 'true']] : text).toString();
        const answer = await api.call(method, search === '' ? path : `${path}?${search}`, {
          headers: {
            ...(content === undefined ? {} : { 'content-type': mediaType }),
            ...(isInternal || name.includes('/internal/') ? { authorization: internal } : {}),
          },
          ...(content === undefined ? {} : { payload: JSON.stringify(content) }),
        });
        expect([answer.status < 500, answer.status < 500 ? '' : answer.text]).toEqual([true, '']);
        expect(problemsOf(operation, answer)).toBe('');
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

// The services know what they send each other.
describe.each(routes.filter(({ body, name }) => body && !name.includes('/internal/')))('$name', (route) => {
  const example = route.body?.example as { data?: Record<string, unknown> } | undefined;
  it('shows a body that works', async () => {
    expect(example).toBeDefined();
    if (route.operation.operationId === 'importEstate' || route.operation.operationId === 'validateApiKey')
      return;
    const environmentId = await api.environment();
    await api.call('POST', '/locations', { payload: { data: { location: '/USW1' } } });
    const center = await api.contactCenter({ environmentId });
    const server = (await api.call('GET', `/environments/${environmentId}`)).body.data.configServers[0].id;
    const key = await api.call('POST', `/contact-centers/${center}/api-keys`, {
      payload: { data: { name: 'shown' } },
    });
    const fresh: Record<string, string> = {
      environment: environmentId,
      center,
      serverId: server,
      keyId: key.body.data.id,
    };
    if (route.name.includes('/scim/v2/')) {
      const fresh: Record<string, string> = {
        ...ids,
        scimCenter: (await createPeopleStore(api)).contactCenterId,
      };
      for (const [param, endpoint, payload] of [
        ['userId', 'Users', { userName: 'shown' }],
        ['groupId', 'Groups', { displayName: 'Shown' }],
      ] as const) {
        const made = await api.call('POST', `/contact-centers/${fresh['scimCenter']}/scim/v2/${endpoint}`, {
          payload: withSchemas('POST', `/${endpoint}`, payload),
        });
        fresh[param] = made.body.id;
      }
      const answer = await api.call(
        route.method,
        pathOf(route, (parameter) => fresh[parameter] ?? ''),
        {
          payload: example ?? {},
        },
      );
      expect([answer.status < 300, answer.text.includes('"response"')]).toEqual([true, false]);
      return;
    }
    if (['createPerson', 'changePerson', 'addSignOnLink'].includes(route.operation.operationId)) {
      const store = await createPeopleStore(api);
      fresh['center'] = store.contactCenterId;
      fresh['personId'] = (await store.add()).id;
    }
    if (route.operation.operationId === 'restoreDeletedPerson') {
      const store = await createPeopleStore(api);
      fresh['center'] = store.contactCenterId;
      const { id } = await store.add();
      await api.call('DELETE', `/contact-centers/${store.contactCenterId}/people/${id}`);
      fresh['deletedId'] = (await api.call('GET', `/deleted?objectId=${id}`)).body.data[0].id;
    }
    if (route.operation.operationId === 'restoreDeleted') {
      await api.call('DELETE', `/contact-centers/${center}`);
      fresh['deletedId'] = (await api.call('GET', `/deleted?objectId=${center}`)).body.data[0].id;
    }
    const data: Record<string, unknown> = { ...example?.data };
    if ('environmentId' in data) data['environmentId'] = environmentId;
    if ('contactCenterId' in data) data['contactCenterId'] = center;
    if ('domains' in data) data['domains'] = [randomUuid()];
    if ('auth' in data) data['membership'] = { by: 'all' };
    const body = example?.data === undefined ? example : { ...example, data };
    const send = (method: Method, path: string) => api.call(method, path, { payload: body ?? { data } });
    if (route.operation.operationId === 'removeOrigin') await send('POST', '/cors');
    const answer = await send(
      route.method,
      pathOf(route, (parameter) => fresh[parameter] ?? ''),
    );
    expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  });
});
