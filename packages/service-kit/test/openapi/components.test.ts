import { describe, expect, it } from 'vitest';
import { describeAnswers } from '../../src/openapi/answers.ts';
import { nameSchemas } from '../../src/openapi/components.ts';
import { inlined, type OpenApiDocument, type Schema } from '../../src/openapi/document.ts';

const text = { type: 'string' };
const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });
const logo = object({ digest: text });

function documentOf(operations: Record<string, { body?: Schema; answers?: Record<string, Schema> }>) {
  const content = (schema: Schema) => ({
    content: { 'application/json': { schema: structuredClone(schema) } },
  });
  const paths = Object.entries(operations).map(([operationId, { body, answers = {} }]) => [
    `/${operationId}`,
    {
      post: {
        operationId,
        ...(body === undefined ? {} : { requestBody: content(body) }),
        responses: Object.fromEntries(
          Object.entries(answers).map(([status, schema]) => [
            status,
            { description: 'Default Response', ...content(schema) },
          ]),
        ),
      },
    },
  ]);
  return { info: {}, paths: Object.fromEntries(paths) } as OpenApiDocument;
}

const schemasOf = (document: OpenApiDocument) => document.components?.schemas ?? {};

describe('the components of a document', () => {
  it('are bodies, answers and the objects in them, each named by where it stands', () => {
    const list = { type: 'array', items: object({ logo }) };
    const document = documentOf({
      listClients: { answers: { 200: object({ data: list }) } },
      createClient: { body: object({ client: { anyOf: [object({ name: text }), { type: 'null' }] } }) },
    });
    const before = structuredClone(document);
    nameSchemas(document, {});
    expect(Object.keys(schemasOf(document))).toEqual([
      'ListClientsAnswer',
      'ListClientsAnswerDataItem',
      'ListClientsAnswerDataItemLogo',
      'CreateClientBody',
      'CreateClientBodyClient',
    ]);
    expect(inlined(document.paths, document)).toEqual(before.paths);
  });

  it('are one where schemas are equal, under the name that one of them was registered by', () => {
    const document = documentOf({
      first: { answers: { 200: object({ a: logo, b: logo }) } },
      second: { body: object({ logo: { ...logo, description: 'Of the page.' } }) },
    });
    nameSchemas(document, { Logo: logo, Unused: object({ x: text }) });
    expect(Object.keys(schemasOf(document))).toEqual(['FirstAnswer', 'Logo', 'SecondBody']);
    expect(schemasOf(document)['SecondBody']?.properties).toEqual({
      logo: { $ref: '#/components/schemas/Logo', description: 'Of the page.' },
    });
  });

  it('are refused when two that differ would have one name', () => {
    const document = documentOf({ put: { body: object({ logo }) } });
    expect(() => nameSchemas(document, { PutBodyLogo: object({ x: text }) })).toThrow('named PutBodyLogo');
  });

  it('need operations that have a name', () => {
    const document = { info: {}, paths: { '/a': { get: { responses: {} } } } };
    expect(() => nameSchemas(document, {})).toThrow('get /a has no operationId');
  });
});

it('a refusal of several operations is written once, and says what it means', () => {
  const failure = object({ code: text });
  const document = documentOf({
    first: { answers: { 200: logo, 404: failure } },
    second: { answers: { 404: failure, default: failure } },
  });
  nameSchemas(document, { Failure: failure });
  describeAnswers(document);
  const { responses } = document.components ?? {};
  expect(Object.keys(responses ?? {})).toEqual(['FailureNotFound', 'Failure']);
  expect(responses?.['FailureNotFound']?.description).toContain('no such thing');
  expect(document.paths['/second']?.['post']?.responses).toEqual({
    404: { $ref: '#/components/responses/FailureNotFound' },
    default: { $ref: '#/components/responses/Failure' },
  });
  expect(document.paths['/first']?.['post']?.responses['200']).toMatchObject({ description: 'Done.' });
});

it('a reference that leads nowhere is found', () => {
  expect(() => inlined({ $ref: '#/components/schemas/Gone' }, {})).toThrow('no #/components/schemas/Gone');
});
