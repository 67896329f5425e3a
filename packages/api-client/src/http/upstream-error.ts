/** Describes why a call of another service failed. */
import { errorEnvelope } from '@gatehouse/contracts/answers';

export type UpstreamFailure =
  /** The URL may not be called. */
  | 'url'
  /** The URL leads to an address that may not be connected to. */
  | 'address'
  /** No connection, no whole answer, or none in time. */
  | 'unreachable'
  | 'redirect'
  | 'status'
  | 'content-type'
  | 'too-large'
  /** The body is not what the schema says. */
  | 'body';

const messages: Partial<Record<UpstreamFailure, string>> = {
  address: 'is at an address that may not be called from here',
  unreachable: 'did not answer',
  redirect: 'redirects, which is not followed',
  'content-type': 'answered with another content type than was asked for',
  'too-large': 'answered with more than is read',
};

/** The message names the service or host, never path or query. */
export class UpstreamError extends Error {
  readonly failure: UpstreamFailure;
  readonly dependency: string;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** Empty where the other side is a stranger: its refusals are not read. */
  readonly body: string;

  constructor(
    dependency: string,
    status: number | undefined,
    body: string,
    details: { failure?: UpstreamFailure; message?: string; cause?: unknown } = {},
  ) {
    const { failure = status === undefined ? 'unreachable' : 'status' } = details;
    super(details.message ?? `${dependency} ${messages[failure] ?? `answered ${status}`}`, {
      cause: details.cause,
    });
    this.name = 'UpstreamError';
    this.failure = failure;
    this.dependency = dependency;
    this.status = status;
    this.body = body;
  }
}

/** Why one of our APIs refused, for programs; undefined also where it did not say. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof UpstreamError)) return undefined;
  try {
    return errorEnvelope.safeParse(JSON.parse(error.body)).data?.status.reason;
  } catch {
    return undefined;
  }
}

/** Whether one of our APIs refused a write because its region only reads. */
export function isOfReadOnlyRegion({ body }: UpstreamError): boolean {
  return body.includes('read_only_region');
}

export function asUpstreamError(error: unknown, dependency: string): UpstreamError {
  // A connection that tried several addresses reports them together.
  const causes = error instanceof AggregateError ? error.errors : [error];
  const known = [error, ...causes].find((cause) => cause instanceof UpstreamError);
  if (known !== undefined) return known;
  return new UpstreamError(dependency, undefined, '', { cause: error });
}
