/** Describes the operations of an OpenAPI document: what a request may hold, and what an answer holds. */
import { createHash } from 'node:crypto';
import { type Fields, fieldsOf, type Resolve, type Schema } from './fields.ts';

/** Names of shapes, which many operations have in common. */
export interface Operation {
  request?: string;
  [answer: `answer ${string}`]: string;
}

export interface Rest {
  operations: Record<string, Operation>;
  shapes: Record<string, Fields>;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface Document {
  paths: Record<string, Record<string, DescribedOperation>>;
  components?: { schemas?: Record<string, Schema>; parameters?: Record<string, Parameter> };
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

interface DescribedOperation {
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
}

/** Routes between the services of an installation: both sides come with the same release. */
const internal = /^\/(?:auth|environment)\/v3\/internal\//;

export function restOf(documents: readonly Document[]): Rest {
  const shapes: Record<string, Fields> = {};
  const keep = (fields: Fields) => {
    const name = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 12);
    shapes[name] = fields;
    return name;
  };
  const operations = documents.flatMap((document) =>
    Object.entries(document.paths)
      .filter(([path]) => !internal.test(path))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(
          ([method, operation]) =>
            [`${method.toUpperCase()} ${path}`, operationOf(operation, document, keep)] as const,
        ),
      ),
  );
  return { operations: sorted(operations), shapes: sorted(Object.entries(shapes)) };
}

function operationOf(
  { parameters = [], requestBody, responses }: DescribedOperation,
  document: Document,
  keep: (fields: Fields) => string,
): Operation {
  const resolve = resolverOf<Schema>(document.components?.schemas);
  const parameterOf = resolverOf<Parameter>(document.components?.parameters);
  const ofParameters = parameters.map((one) => {
    const { name, in: where, required, schema = {} } = '$ref' in one ? parameterOf(one.$ref) : one;
    // Names of headers have no case (RFC 9110 section 5.1).
    const spelled = where === 'header' ? name.toLowerCase() : name;
    return [`${where} ${spelled}`, `${required ? 'required ' : ''}${fieldsOf(schema, resolve)['']}`];
  });
  const request = { ...Object.fromEntries(ofParameters), ...bodyOf(requestBody, resolve) };
  const answers = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, answer]) => [`answer ${status}`, keep(bodyOf(answer, resolve))]);
  return {
    ...(Object.keys(request).length > 0 && { request: keep(request) }),
    ...Object.fromEntries(answers),
  };
}

/** A form and a JSON body of one operation have the same fields. */
function bodyOf(body: Content | undefined, resolve: Resolve): Fields {
  const schemas = Object.values(body?.content ?? {}).flatMap(({ schema }) => schema ?? []);
  return schemas.length === 0 ? {} : fieldsOf({ anyOf: schemas }, resolve);
}

function resolverOf<Part>(parts: Record<string, Part> = {}): (reference: string) => Part {
  return (reference) => {
    const part = parts[reference.replace(/^.*\//, '')];
    if (!part) throw new Error(`${reference} is in no OpenAPI document`);
    return part;
  };
}

function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}
