import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlined, type OpenApiDocument, type Schema } from '@gatehouse/service-kit/openapi';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sourceFiles } from '../../source-files.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const textOf = (service: string) => readFileSync(join(root, `services/${service}/openapi.json`), 'utf8');
const services = ['auth-api', 'environment-api'];

const namesIn = (text: string) =>
  [...text.matchAll(/"#\/components\/(\w+\/\w+)"/g)].map(([, name = '']) => name);

/** Places of objects with fields, in a node that should only refer to them. */
function objectsIn(node: unknown, place: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.entries(node).flatMap(([key, value]) => objectsIn(value, `${place}/${key}`));
  const isObject = 'properties' in node && (node as Schema)['type'] === 'object';
  return isObject ? [place, ...below] : below;
}

describe.each(services)('the document of %s', (service) => {
  const text = textOf(service);
  const document: OpenApiDocument = JSON.parse(text);
  const { schemas = {}, responses = {}, securitySchemes = {} } = document.components ?? {};

  it('has every object as a named component, each of which is used', () => {
    const parts = Object.entries(schemas).flatMap(([name, schema]) =>
      Object.entries(schema).flatMap(([keyword, value]) => objectsIn(value, `${name}/${keyword}`)),
    );
    expect([...objectsIn(document.paths, ''), ...objectsIn(responses, 'responses'), ...parts]).toEqual([]);
    const used = new Set(namesIn(text));
    expect(Object.keys(schemas).filter((name) => !used.has(`schemas/${name}`))).toEqual([]);
  });

  it('has no schema twice', () => {
    const texts = Object.values(schemas).map((schema) => JSON.stringify(schema));
    expect(texts.length).toBe(new Set(texts).size);
  });

  it('shows bodies that fit their types', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const problems = operations.flatMap(({ operationId, requestBody }) =>
      Object.values(requestBody?.content ?? {}).flatMap(({ schema, example }) => {
        if (example === undefined) return [];
        const result = z.fromJSONSchema(inlined(schema, document) as never).safeParse(example);
        return result.success ? [] : [`${operationId}: ${result.error.message}`];
      }),
    );
    expect(problems).toEqual([]);
  });

  it('describes nothing that generated clients cannot read, or are too strict about', () => {
    const places = (node: unknown, place: string): string[] =>
      typeof node !== 'object' || node === null
        ? []
        : [
            ...('const' in node && (node as Schema).type === 'boolean' ? [`${place}: a constant flag`] : []),
            ...Object.entries(node).flatMap(([key, value]) => places(value, `${place}/${key}`)),
          ];
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    for (const { operationId, responses: answers, requestBody } of operations) {
      const answered = inlined(answers, document);
      expect([operationId, ...places(answered, '')]).toEqual([operationId]);
      expect([operationId, JSON.stringify(answered).includes('"additionalProperties":false')]).toEqual([
        operationId,
        false,
      ]);
      const { schema: form = {} } = requestBody?.content['application/x-www-form-urlencoded'] ?? {};
      expect([operationId, inlined(form, document).additionalProperties ?? 'unsaid']).toEqual([
        operationId,
        'unsaid',
      ]);
    }
    const both = Object.values(schemas).flatMap(({ properties = {} }) =>
      Object.entries(properties).filter(([, { anyOf = [] }]) => {
        const types = anyOf.map(({ type }) => type);
        return types.includes('string') && (types.includes('boolean') || types.includes('integer'));
      }),
    );
    const flags = service === 'auth-api' ? ['global', 'remember', 'rememberDevice'] : [];
    expect([...new Set(both.map(([name]) => name))].sort()).toEqual(flags);
  });

  it('says for each operation who may call, by credentials that it describes, and how it refuses', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    for (const { operationId, security = document.security, responses: answers } of operations) {
      const names = (security ?? []).flatMap((one) => Object.keys(one));
      expect([operationId, names.filter((name) => !(name in securitySchemes))]).toEqual([operationId, []]);
      expect([operationId, Object.keys(answers).some((status) => status.startsWith('4'))]).toEqual([
        operationId,
        true,
      ]);
    }
  });
});

it('every name that a schema was given is in one of them', () => {
  const sources = sourceFiles(root, /^(?:packages|services)\/[^/]+\/src\/.*\.ts$/).map((path) =>
    readFileSync(join(root, path), 'utf8'),
  );
  const given = [...sources.join('\n').matchAll(/components\.add\(\w+, \{ id: '(\w+)' \}\)/g)];
  const used = new Set(services.flatMap((service) => namesIn(textOf(service))));
  expect(given.length).toBeGreaterThan(50);
  expect(given.map(([, id]) => id).filter((id) => !used.has(`schemas/${id}`))).toEqual([]);
});
