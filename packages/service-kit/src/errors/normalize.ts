/** Turns a thrown value into an AppError: known failures keep their meaning, everything else is a 500. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { ZodError } from 'zod';
import { AppError, badRequest, type FieldProblem, payloadTooLarge, unavailable } from './app-error.ts';
import { type Issue, reasonOf } from './issue-reason.ts';
import { isRedisUnavailable, postgresFailure } from './store-failures.ts';

interface FrameworkError extends Error {
  code?: string;
  statusCode?: number;
  limit?: number;
}

interface ValidationIssue {
  instancePath?: string;
  message?: string;
  /** Code of the issue of zod, and its other members. */
  keyword?: string;
  params?: object;
}

/** More are reported once these are corrected: the answer must not be longer than the request. */
const maxProblems = 100;

/** The bodies that a route accepts. */
interface Accepted {
  bodyLimit?: number | undefined;
  /** Content types of a body. */
  consumes?: readonly string[] | undefined;
}

export function normalizeError(thrown: unknown, route: Accepted = {}): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as FrameworkError;
  const problems = validationProblems(error);
  if (problems) {
    return badRequest(problems.map(({ field, message }) => `${field}: ${message}`).join('; '), { problems });
  }
  if (error instanceof UpstreamError) return unavailable(error.dependency, { cause: error });
  if (isRedisUnavailable(error)) return unavailable('Redis', { cause: error });
  return postgresFailure(error) ?? frameworkFailure(error, route) ?? unexpected(error);
}

/** Errors that Fastify raises before or around a handler. */
function frameworkFailure(
  error: FrameworkError,
  { bodyLimit = 0, consumes }: Accepted,
): AppError | undefined {
  const status = error.statusCode;
  if (status === undefined || status < 400 || status > 499) return undefined;
  if (status === 413) return payloadTooLarge(bodyLimit);
  if (status === 415) {
    const right = consumes === undefined ? '' : `: send ${consumes.join(' or ')}`;
    return new AppError(
      'unsupported_media_type',
      415,
      `The Content-Type of the body is not accepted here${right}`,
      { cause: error, refusal: 'content_type_wrong' },
    );
  }
  if (error instanceof SyntaxError || error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    return badRequest(`The body is not valid JSON: ${error.message}`, { field: 'body' });
  }
  if (status === 400) return badRequest(error.message, { cause: error });
  return new AppError('request_refused', status, error.message, { cause: error });
}

function unexpected(error: Error): AppError {
  return new AppError('internal_error', 500, 'An unexpected error happened; the log has the details', {
    cause: error,
  });
}

/** Returns the problems of a zod or Fastify validation error; undefined for other errors. */
function validationProblems(error: Error): FieldProblem[] | undefined {
  if (error instanceof ZodError) {
    return error.issues.slice(0, maxProblems).map((issue) => ({
      field: issue.path.join('.') || 'body',
      message: plain(issue.message),
      ...reasonOf(issue as Issue),
    }));
  }
  const { validation, validationContext } = error as { validation?: unknown; validationContext?: string };
  if (!Array.isArray(validation)) return undefined;
  return (validation as ValidationIssue[]).slice(0, maxProblems).map((issue) => ({
    field: (issue.instancePath ?? '').split('/').filter(Boolean).join('.') || (validationContext ?? 'body'),
    message: plain(issue.message ?? 'is not valid'),
    ...reasonOf({ ...issue.params, code: issue.keyword, message: issue.message }),
  }));
}

/** An absent body reaches the schema as null, which would confuse the caller. */
function plain(message: string): string {
  return /expected object, received (null|undefined)$/.test(message) ? 'a JSON object is required' : message;
}
