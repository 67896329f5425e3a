/** Adds authentication, headers and examples to the OpenAPI document. */
import type { Answer, OpenApiDocument, Operation } from '@gatehouse/service-kit/openapi';
import { authorisation, base, matrix } from '../access/matrix.ts';
import { type CallerKind, callerKinds } from '../access/rules.ts';
import { examples } from './examples.ts';

const securitySchemes = {
  operator: { type: 'http', scheme: 'basic', description: 'The operator account.' },
  scimKey: { type: 'http', scheme: 'bearer', description: 'An API key with the purpose `scim`.' },
  token: {
    type: 'oauth2',
    flows: { clientCredentials: { tokenUrl: '/auth/v3/oauth/token', scopes: {} } },
    description: 'An access token of Auth API.',
  },
  console: {
    type: 'http',
    scheme: 'bearer',
    description: 'An access token of an administrator, from the login to the operator console.',
  },
};

const credentials: Partial<Record<CallerKind, keyof typeof securitySchemes>> = {
  operator: 'operator',
  'SCIM key': 'scimKey',
  'installation administrator': 'console',
  'contact-centre administrator': 'console',
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

/** Of every write outside SCIM. */
const parameters = { IdempotencyKey: idempotencyKey, IfMatch: ifMatch };

/** Unless a route says something else. */
const usualCallers = [{ operator: [] }, { token: [] }, { console: [] }];

export function refineOpenapi(document: OpenApiDocument): void {
  document.components = { ...document.components, securitySchemes, parameters };
  document.security = usualCallers;
  document.paths = inOrderOfMatrix(document.paths);
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const security = callersOf(method, path);
      if (JSON.stringify(security) !== JSON.stringify(usualCallers)) operation.security = security;
      if (path.includes('/scim/v2/')) describeScim(operation);
      else addHeaders(path, method, operation);
      addExample(operation);
    }
}

/** Readers find the paths where they were, whichever domain comes first. */
function inOrderOfMatrix(paths: OpenApiDocument['paths']): OpenApiDocument['paths'] {
  const order = Object.keys(matrix).map((operation) => `${base}${operation.split(' ')[1]}`);
  return Object.fromEntries(
    Object.entries(paths).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other)),
  );
}

/** As the matrix has it: whoever gets something there. */
function callersOf(method: string, path: string): Record<string, string[]>[] {
  const { verdicts } = authorisation.ruleOf(method.toUpperCase(), path) ?? { verdicts: [] };
  const admitted = callerKinds.filter(
    (_kind, index) => verdicts[index] === 'yes' || verdicts[index] === 'own',
  );
  return [...new Set(admitted.map((kind) => credentials[kind] ?? 'token'))].map((name) => ({ [name]: [] }));
}

function addHeaders(path: string, method: string, operation: Operation): void {
  if (method === 'get' || /\/(check|validate)$/.test(path)) return;
  const names = method === 'post' ? ['IfMatch', 'IdempotencyKey'] : ['IfMatch'];
  const headers = names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
  operation.parameters = [...(operation.parameters ?? []), ...headers];
}

function addExample({ operationId = '', requestBody }: Operation): void {
  const example = examples[operationId];
  if (!example || !requestBody) return;
  for (const content of Object.values(requestBody.content)) content.example = example;
}

/** RFC 7644 section 3.1: its own media type; section 3.12: its own refusals. */
function describeScim({ requestBody, responses }: Operation): void {
  for (const described of [requestBody, ...(Object.values(responses) as Answer[])]) {
    const json = described?.content?.['application/json'];
    if (described && json) described.content = { [scimMediaType]: json };
  }
  const refusal = responses['default'] as Answer;
  responses['401'] = { ...refusal };
  refusal.description = 'A refusal (RFC 7644 section 3.12).';
}
