/** Adds authentication, headers, examples and shared components to the OpenAPI document. */
import type { OpenApiDocument } from '@gatehouse/service-kit/http/app';
import { examples } from './examples.ts';

interface Operation {
  operationId: string;
  security?: object[];
  parameters?: object[];
  requestBody?: { content: Record<string, { schema: object; example?: object }> };
  responses: Record<string, unknown>;
}

type Described = { content?: Record<string, { schema: object; example?: object }> } | undefined;
type Schema = { type?: string; properties?: Record<string, object> };

/** Objects of many answers, each with a property that only it has. */
const sharedSchemas: [property: string, name: string][] = [
  ['hasClientSecret', 'OidcSettings'],
  ['clockSkewSeconds', 'SamlSettings'],
  ['configServers', 'Environment'],
  ['primaryAddress', 'ConfigServer'],
  ['domains', 'ContactCenter'],
  ['inheritedFrom', 'Setting'],
  ['key', 'IssuedApiKey'],
  ['prefix', 'ApiKey'],
];

const sharedResponses: Record<string, [name: string, description: string]> = {
  '401': ['Unauthorized', 'No credentials, or wrong ones.'],
  default: [
    'Failure',
    'A refusal: `status.code` is the HTTP status, `errors` names each field that is wrong.',
  ],
};

const scimResponses: typeof sharedResponses = {
  default: ['ScimFailure', 'A refusal (RFC 7644 section 3.12).'],
};
const scimMediaType = 'application/scim+json';

const idempotencyKey = {
  in: 'header',
  name: 'Idempotency-Key',
  required: false,
  schema: { type: 'string', maxLength: 255 },
  description:
    'A request that is sent again under the same key within 24 hours is done once and answered alike, but without an API key.',
};
const ifMatch = {
  in: 'header',
  name: 'If-Match',
  required: false,
  schema: { type: 'string' },
  description: 'The ETag that the caller has seen; 412 when it is no longer right.',
};

export function refineOpenapi(document: OpenApiDocument): void {
  const schemas: Record<string, object> = {};
  const responses: Record<string, object> = {};
  document['components'] = {
    securitySchemes: {
      operator: { type: 'http', scheme: 'basic', description: 'The operator account.' },
      scimKey: { type: 'http', scheme: 'bearer', description: 'An API key with the purpose `scim`.' },
      token: { type: 'http', scheme: 'bearer', description: 'An access token of Auth API.' },
    },
    schemas,
    responses,
  };
  document['security'] = [{ operator: [] }, { token: [] }];
  const paths = document['paths'] as Record<string, Record<string, Operation>>;
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const isScim = path.includes('/scim/v2/');
      if (isScim) describeScim(operation);
      if (path.includes('/internal/')) operation.security = [{ token: [] }];
      if (!isScim) addHeaders(path, method, operation);
      addExample(operation);
      shareResponses(operation, responses, isScim ? scimResponses : sharedResponses);
      operation.responses = shareSchemas(operation.responses, schemas) as Operation['responses'];
    }
  }
}

function addHeaders(path: string, method: string, operation: Operation): void {
  if (method === 'get' || /\/(check|validate)$/.test(path)) return;
  const headers = method === 'post' ? [ifMatch, idempotencyKey] : [ifMatch];
  operation.parameters = [...(operation.parameters ?? []), ...headers];
}

function addExample({ operationId, requestBody }: Operation): void {
  const example = examples[operationId];
  if (!example || !requestBody) return;
  for (const content of Object.values(requestBody.content)) content.example = example;
}

/** RFC 7644 section 3.1: its own media type; and its own callers. */
function describeScim(operation: Operation): void {
  operation.security = [{ scimKey: [] }, { operator: [] }, { token: [] }];
  for (const described of [operation.requestBody, ...Object.values(operation.responses)] as Described[]) {
    const json = described?.content?.['application/json'];
    if (json) described.content = { [scimMediaType]: json };
  }
}

function shareResponses(
  operation: Operation,
  responses: Record<string, object>,
  sharedResponses: Record<string, [name: string, description: string]>,
): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    const shared = sharedResponses[status];
    if (shared) {
      const [name, description] = shared;
      responses[name] ??= { ...(response as object), description };
      operation.responses[status] = { $ref: `#/components/responses/${name}` };
    } else {
      (response as { description: string }).description = 'Done.';
    }
  }
}

/** Moves each shared object to the components and puts a reference in its place. */
function shareSchemas(node: unknown, schemas: Record<string, object>): unknown {
  if (Array.isArray(node)) return node.map((item) => shareSchemas(item, schemas));
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, shareSchemas(value, schemas)]),
  );
  const name = nameOf(copy);
  if (name === undefined) return copy;
  schemas[name] ??= copy;
  // A similar but different object stays inline.
  return JSON.stringify(schemas[name]) === JSON.stringify(copy)
    ? { $ref: `#/components/schemas/${name}` }
    : copy;
}

function nameOf({ type, properties }: Schema): string | undefined {
  if (type !== 'object' || properties === undefined) return undefined;
  return sharedSchemas.find(([property]) => property in properties)?.[1];
}
