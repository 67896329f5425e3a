/** Reads a bulk request, and puts ids where its operations refer to what others create (RFC 7644 section 3.7.2). */
import { AppError } from '@gatehouse/service-kit/errors';
import { messageUrn, scimError } from '../errors.ts';
import { isObject, requireSchema } from '../resource.ts';

export const maxOperations = 1_000;
export const maxPayloadBytes = 1_048_576;

export interface BulkOperation {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  endpoint: 'Users' | 'Groups';
  id: string | undefined;
  bulkId: string | undefined;
  /** An entity tag: as the header If-Match of a single request. */
  version: string | undefined;
  data: unknown;
}

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const reference = 'bulkId:';
/** Deeper than any attribute. */
const maxDepth = 6;

/** @throws AppError 400, 413 */
export function readBulk(body: unknown): { operations: BulkOperation[]; failOnErrors: number | undefined } {
  requireSchema(body, `${messageUrn}:BulkRequest`);
  const { Operations: sent, failOnErrors } = isObject(body) ? body : {};
  if (!Array.isArray(sent))
    throw scimError('invalidSyntax', 'The body must have a list "Operations"', 'Operations');
  if (sent.length > maxOperations)
    throw new AppError('payload_too_large', 413, `A bulk request has at most ${maxOperations} operations`, {
      field: 'Operations',
    });
  const isNumber = typeof failOnErrors === 'number' && Number.isInteger(failOnErrors) && failOnErrors > 0;
  if (failOnErrors !== undefined && failOnErrors !== null && !isNumber)
    throw scimError('invalidValue', 'failOnErrors must be a whole number from 1', 'failOnErrors');
  return { operations: sent.map(readOperation), failOnErrors: isNumber ? failOnErrors : undefined };
}

function readOperation(sent: unknown, index: number): BulkOperation {
  const field = `Operations.${index}`;
  const { method: sentMethod, path, bulkId, version, data } = isObject(sent) ? sent : {};
  const method = methods.find((one) => one === String(sentMethod).toUpperCase());
  if (method === undefined)
    throw scimError('invalidSyntax', `${field}.method must be POST, PUT, PATCH or DELETE`, `${field}.method`);
  const [, endpoint, id] =
    /^\/(Users|Groups)(?:\/([^/?#]{1,200}))?$/.exec(typeof path === 'string' ? path : '') ?? [];
  if (typeof path !== 'string' || endpoint === undefined)
    throw scimError(
      'invalidPath',
      `${field}.path must be /Users or /Groups, with an id except for POST`,
      `${field}.path`,
    );
  if (bulkId !== undefined && (typeof bulkId !== 'string' || bulkId.length > 255))
    throw scimError(
      'invalidValue',
      `${field}.bulkId must be a text of at most 255 characters`,
      `${field}.bulkId`,
    );
  if (method === 'POST' && !bulkId)
    throw scimError('invalidSyntax', `${field}.bulkId is missing: a POST needs one`, `${field}.bulkId`);
  return {
    method,
    path,
    endpoint: endpoint as 'Users' | 'Groups',
    id,
    bulkId: bulkId === '' ? undefined : bulkId,
    version: typeof version === 'string' ? version : undefined,
    data,
  };
}

/** The bulkIds that an operation needs the ids of. */
export function referencesIn({ id, data }: BulkOperation): string[] {
  const found: string[] = [];
  replaced([id, data], (bulkId) => {
    found.push(bulkId);
    return undefined;
  });
  return found;
}

export function resolved(operation: BulkOperation, ids: ReadonlyMap<string, string>): BulkOperation {
  const [id, data] = replaced([operation.id, operation.data], (bulkId) => ids.get(bulkId)) as [
    string | undefined,
    unknown,
  ];
  return { ...operation, id, data };
}

function replaced(value: unknown, idOf: (bulkId: string) => string | undefined, depth = 0): unknown {
  if (typeof value === 'string' && value.startsWith(reference))
    return idOf(value.slice(reference.length)) ?? value;
  if (depth > maxDepth || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => replaced(one, idOf, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === 'password' ? part : replaced(part, idOf, depth + 1),
    ]),
  );
}
