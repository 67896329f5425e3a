/** Says what each answer of an OpenAPI document means, and writes a refusal that several operations share once. */
import { STATUS_CODES } from 'node:http';
import type { Answer, OpenApiDocument } from './document.ts';

/** Of @fastify/swagger, for an answer that says nothing. */
const unsaid = 'Default Response';

const meanings: Record<string, string> = {
  400: 'The request is wrong: the answer says where.',
  401: 'No credentials, or wrong ones.',
  403: 'The caller may not do this.',
  404: 'There is no such thing, or the caller may not know of it.',
  409: 'It does not go with what is there.',
  412: 'It is no longer what the caller has read.',
  429: 'Too many requests: `Retry-After` says when to come again.',
  503: 'Something that the service needs does not answer: the request may be sent again.',
  default: 'A refusal: `status.code` is the HTTP status, `errors` names each field that is wrong.',
};

export function describeAnswers(document: OpenApiDocument): void {
  const responses = { ...document.components?.responses };
  for (const operations of Object.values(document.paths))
    for (const { responses: answers } of Object.values(operations))
      for (const [status, answer] of Object.entries(answers)) {
        if ('$ref' in answer) continue;
        if (answer.description === unsaid) answer.description = meanings[status] ?? 'Done.';
        const name = isRefusal(status) ? nameOf(status, answer) : undefined;
        if (name === undefined) continue;
        responses[name] ??= answer;
        if (JSON.stringify(responses[name]) === JSON.stringify(answer))
          answers[status] = { $ref: `#/components/responses/${name}` };
      }
  document.components = { ...document.components, responses };
}

function isRefusal(status: string): boolean {
  return status === 'default' || /^[45]/.test(status);
}

/** Of its schema and its status: `FailureNotFound`, or `Failure` for all that have no answer of their own. */
function nameOf(status: string, { content = {} }: Answer): string | undefined {
  const [reference = ''] = Object.values(content).map(({ schema }) => schema?.$ref);
  const schema = reference.split('/').at(-1) ?? '';
  return schema === '' ? undefined : schema + (STATUS_CODES[status] ?? '').replaceAll(/[^A-Za-z]/g, '');
}
