/** Renders failures in the form of SCIM (RFC 7644 section 3.12): these members and no others, because clients refuse what the schema has not. */
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError, createErrorHandler } from '@gatehouse/service-kit/errors';

export const scimMediaType = 'application/scim+json; charset=utf-8';
/** Before the names of the messages of SCIM (RFC 7644 section 8.2). */
export const messageUrn = 'urn:ietf:params:scim:api:messages:2.0';
export const errorUrn = `${messageUrn}:Error`;

/** RFC 7644 table 9. */
const scimTypes = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
] as const;

type ScimType = (typeof scimTypes)[number];

export function scimError(type: ScimType, message: string, field?: string): AppError {
  return new AppError(type, type === 'uniqueness' ? 409 : 400, message, { field });
}

export const scimErrorHandler = createErrorHandler((error, _request, reply) => {
  if (error.status === 401) reply.header('www-authenticate', challengeOf(error));
  return reply
    .code(error.status)
    .type(scimMediaType)
    .send(JSON.stringify(scimErrorOf(error)));
});

/** Also the answer to an operation of a bulk request. */
export function scimErrorOf(error: AppError) {
  return {
    schemas: [errorUrn],
    status: String(error.status),
    ...definedOnly({ scimType: scimTypeOf(error) }),
    detail: error.message,
  };
}

function scimTypeOf({ name, status, problems }: AppError): ScimType | undefined {
  const known = scimTypes.find((type) => type === name);
  if (known !== undefined || status !== 400) return known;
  return problems[0]?.field === 'body' ? 'invalidSyntax' : 'invalidValue';
}

function challengeOf(error: AppError): string {
  return error.challenge ?? 'Basic realm="gatehouse", charset="UTF-8"';
}
