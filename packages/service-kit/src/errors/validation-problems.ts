/** Names the fields of a request that a schema refused. */
import { ZodError } from 'zod';
import type { FieldProblem } from './app-error.ts';

interface ValidationIssue {
  instancePath?: string;
  message?: string;
}

/** The problems of a zod or Fastify validation error; undefined when the error is none. */
export function validationProblems(error: Error): FieldProblem[] | undefined {
  if (error instanceof ZodError) {
    return error.issues.map((issue) => ({
      field: issue.path.join('.') || 'body',
      message: plain(issue.message),
    }));
  }
  const { validation, validationContext } = error as { validation?: unknown; validationContext?: string };
  if (!Array.isArray(validation)) return undefined;
  return (validation as ValidationIssue[]).map((issue) => ({
    field: (issue.instancePath ?? '').split('/').filter(Boolean).join('.') || (validationContext ?? 'body'),
    message: plain(issue.message ?? 'is not valid'),
  }));
}

/** An absent body reaches the schema as null, which nobody sent. */
function plain(message: string): string {
  return /expected object, received (null|undefined)$/.test(message) ? 'a JSON object is required' : message;
}
