/** Defines the error that services throw: a public text for the caller, and details for the log alone. */

import type { ProblemReason, RefusalReason } from '@gatehouse/contracts/values';
import type { FastifyReply } from 'fastify';

export interface FieldProblem {
  /** Dotted path of the field as the caller wrote it. */
  field: string;
  /** Says the error and the remedy. */
  message: string;
  /** For programs. */
  reason?: ProblemReason | undefined;
  /** The bound, of a reason that has one. */
  limit?: number | undefined;
}

export interface AppErrorOptions {
  /** For the log alone. */
  detail?: string | undefined;
  field?: string | undefined;
  /** For programs, beside the name of the error. */
  reason?: ProblemReason | undefined;
  /** The bound, of a reason that has one. */
  limit?: number | undefined;
  /** For the operator: it may say more than the caller may learn. */
  refusal?: RefusalReason | undefined;
  problems?: FieldProblem[] | undefined;
  /** Value of WWW-Authenticate, sent with 401. */
  challenge?: string | undefined;
  retryAfterSeconds?: number | undefined;
  /** That time is the caller's own, and a page for a browser loads again by itself then. */
  comesBackByItself?: boolean | undefined;
  cause?: unknown;
}

export class AppError extends Error {
  /** HTTP status. */
  readonly status: number;
  readonly detail: string | undefined;
  readonly problems: readonly FieldProblem[];
  /** For the caller; what other errors call their reason is for the log. */
  readonly why: Pick<FieldProblem, 'reason' | 'limit'>;
  /** For the operator alone. */
  readonly refusal: RefusalReason | undefined;
  readonly challenge: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly comesBackByItself: boolean;
  /** Of an error with a form of its own, which it keeps where others have the envelope. */
  render?(reply: FastifyReply): FastifyReply;

  /** `name` is the machine-readable snake_case name, `message` the public text. */
  constructor(name: string, status: number, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = name;
    this.status = status;
    this.detail = options.detail;
    const { field, reason, limit } = options;
    this.why = { reason, limit };
    this.refusal = options.refusal;
    this.problems = options.problems ?? (field ? [{ field, message, reason, limit }] : []);
    this.challenge = options.challenge;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.comesBackByItself = options.comesBackByItself ?? false;
  }
}

export function badRequest(message: string, options?: AppErrorOptions): AppError {
  return new AppError('bad_request', 400, message, options);
}

/** Wrong or missing credentials; the public text never says which part was wrong. */
export function unauthorized(options?: AppErrorOptions): AppError {
  return new AppError('unauthorized', 401, 'Bad credentials', options);
}

export function forbidden(message: string, options?: AppErrorOptions & { name?: string }): AppError {
  return new AppError(options?.name ?? 'forbidden', 403, message, options);
}

/** Also for things that exist but that the caller must not know of. */
export function notFound(message: string, options?: AppErrorOptions): AppError {
  return new AppError('not_found', 404, message, options);
}

/** RFC 9110 section 15.5.6: the answer has `Allow` as well. */
export function methodNotAllowed(method: string, allow: string): AppError {
  return new AppError('method_not_allowed', 405, `${method} is not possible here: use ${allow}`);
}

export function conflict(message: string, options?: AppErrorOptions): AppError {
  return new AppError('conflict', 409, message, options);
}

/** RFC 9110 section 13.1.1: the If-Match condition does not hold. */
export function preconditionFailed(message: string, options?: AppErrorOptions): AppError {
  return new AppError('precondition_failed', 412, message, options);
}

export function payloadTooLarge(limitBytes: number): AppError {
  return new AppError('payload_too_large', 413, `The request body is larger than ${limitBytes} bytes`);
}

export function tooManyRequests(retryAfterSeconds: number, options?: AppErrorOptions): AppError {
  return new AppError('too_many_requests', 429, 'Too many attempts; try again later', {
    ...options,
    retryAfterSeconds,
  });
}

/** A dependency does not answer; the caller may try again. */
export function unavailable(dependency: string, options?: AppErrorOptions): AppError {
  return new AppError('temporarily_unavailable', 503, 'The service is temporarily unavailable; try again', {
    retryAfterSeconds: 1,
    detail: `${dependency} is unavailable`,
    ...options,
  });
}
