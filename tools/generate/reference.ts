/** docs/reference/<service>.md: every call of an API, from its OpenAPI document. */
import { inlined } from '@gatehouse/service-kit/openapi';
import { markdownTable } from '../markdown-table.ts';
import { openApiDocument } from './openapi.ts';
import { fieldsOf, type Schema, typeOf } from './reference-fields.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses?: Record<string, Content & { description?: string }>;
}

interface Document {
  info: { title: string; description: string };
  paths: Record<string, Record<string, Operation>>;
}

interface Call extends Operation {
  method: string;
  path: string;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

export async function referencePage(root: string, service: string): Promise<string> {
  const document: Document = JSON.parse(await openApiDocument(root, service));
  const { info, paths } = inlined(document, document);
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]): Call => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const groups = Map.groupBy(calls, ({ tags }) => tags?.[0] ?? 'other');
  const sections = [...groups].map(
    ([tag, members]) => `## ${titleOf(tag)}\n\n${members.map(section).join('\n')}`,
  );
  return `# Reference: ${info.title}

${info.description} \`npm run generate\` writes this page from \`services/${service}/openapi.json\`.

${sections.join('\n')}`;
}

function section({
  method,
  path,
  summary,
  description,
  parameters = [],
  requestBody,
  responses = {},
}: Call): string {
  const body = fieldsOf(schemaOf(requestBody));
  const answer = fieldsOf(schemaOf(responses['200']));
  return [
    `### \`${method} ${path}\``,
    [summary, description].filter(Boolean).map(sentence).join(' '),
    parameters.length === 0
      ? ''
      : markdownTable(
          ['parameter', 'in', 'value', ''],
          parameters.map((parameter) => [
            code(parameter.name) + (parameter.required ? ' *' : ''),
            parameter.in,
            typeOf(parameter.schema),
            parameter.description ?? parameter.schema?.description ?? '',
          ]),
        ),
    body.length === 0
      ? ''
      : markdownTable(
          [`body (${Object.keys(requestBody?.content ?? {}).join(', ')})`, 'value', ''],
          body.map(({ name, isRequired, type, text }) => [code(name) + (isRequired ? ' *' : ''), type, text]),
        ),
    answer.length === 0
      ? ''
      : markdownTable(
          ['answer', 'value', ''],
          answer.map(({ name, type, text }) => [code(name), type, text]),
        ),
    statusesOf(responses),
  ]
    .filter((part) => part !== '')
    .map((part) => `${part}\n`)
    .join('\n');
}

function schemaOf({ content = {} }: Content = {}): Schema | undefined {
  return Object.values(content)[0]?.schema;
}

function statusesOf(responses: Record<string, unknown>): string {
  const statuses = Object.keys(responses);
  return statuses.length === 0 ? '' : `Statuses: ${statuses.map(code).join(', ')}.`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function sentence(text = ''): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function titleOf(tag: string): string {
  if (tag === 'oauth') return 'OAuth 2.0';
  return tag.charAt(0).toUpperCase() + tag.slice(1);
}
