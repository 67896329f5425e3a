/** Turns an error answer of a service into a sentence: the field, the problem, the change to make. */

import { UpstreamError } from '@gatehouse/api-client/http';
import { errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { scimErrorSchema } from '@gatehouse/contracts/environment-administration';
import { levelOfStepUp } from '@gatehouse/contracts/values';
import { type ExitCode, exitCodes, Failure } from './failure.ts';

export function failureOf(error: UpstreamError): Failure {
  const { dependency, status } = error;
  if (status === undefined) {
    return new Failure(exitCodes.unavailable, `${dependency} did not answer: ${reasonOf(error.cause)}`, {
      cause: error,
    });
  }
  if (status < 300) {
    return new Failure(
      exitCodes.unavailable,
      `${dependency} answered something else than this version of gatehouse understands: is the URL of the profile right?`,
      { httpStatus: status, cause: error },
    );
  }
  const { message, problems } = messageOf(error);
  return new Failure(exitCodeOf(status), `${dependency}: ${message}`, {
    problems,
    httpStatus: status,
    cause: error,
  });
}

/** A service that does not answer does not hide the answer of another one. */
export async function asked<T>(question: Promise<T>): Promise<{ answer?: T; failure?: Failure }> {
  try {
    return { answer: await question };
  } catch (error) {
    if (error instanceof UpstreamError) return { failure: failureOf(error) };
    throw error;
  }
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.denied;
  if (status === 404) return exitCodes.notFound;
  if (status === 429 || status >= 500) return exitCodes.unavailable;
  return exitCodes.refused;
}

const freshToken =
  'the token of the profile, or GATEHOUSE_TOKEN, comes from an old or too weak sign-in of a person: use one of a new sign-in';

function messageOf({ status, body }: UpstreamError): Pick<Failure, 'message' | 'problems'> {
  const json = parse(body);
  const envelope = errorEnvelope.safeParse(json);
  if (envelope.success) {
    const problems = (envelope.data.errors ?? []).map((entry) => ({
      field: entry.status.field,
      message: entry.status.message ?? '',
      reason: entry.status.reason,
      limit: entry.status.limit,
    }));
    const { message = `status ${status}`, reason } = envelope.data.status;
    const hint = levelOfStepUp(reason) !== undefined ? ` (${freshToken})` : '';
    return { message: `${message}${hint}`, problems };
  }
  const scim = scimErrorSchema.safeParse(json);
  if (scim.success) return { message: scim.data.detail, problems: [] };
  const security = securityError.safeParse(json);
  if (security.success) {
    const { error, error_description: description } = security.data;
    const hint = status === 401 ? ' (the credentials are those of the profile: gatehouse profile list)' : '';
    return { message: `${description ?? error}${hint}`, problems: [] };
  }
  return { message: `answered with status ${status}; is the URL of the profile right?`, problems: [] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The innermost reason, which names the address and what happened. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no reason is known';
  if (cause.name === 'TimeoutError') return 'it took too long (see --timeout)';
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause.cause instanceof Error ? reasonOf(cause.cause) : cause.message;
}
