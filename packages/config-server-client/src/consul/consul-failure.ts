/** Names the reasons why Consul gave no usable answer. */

export type ConsulFailureReason =
  | 'unreachable'
  | 'timeout'
  | 'cut-off'
  | 'too-large'
  | 'access-denied'
  | 'error-status'
  | 'malformed';

export class ConsulFailure extends Error {
  override readonly name = 'ConsulFailure';
  readonly reason: ConsulFailureReason;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;

  constructor(
    reason: ConsulFailureReason,
    message: string,
    options: { status?: number; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
    this.status = options.status;
  }
}

/** Translates an error of the consul package. */
export function toConsulFailure(cause: unknown): ConsulFailure {
  if (cause instanceof ConsulFailure) return cause;
  const { response, isCodec, message } = cause as {
    response?: { statusCode?: number; body?: unknown };
    isCodec?: boolean;
    message?: string;
  };
  // Without the cause: it holds the request with its token.
  if (isCodec === true) return new ConsulFailure('malformed', 'Consul answered something that is not JSON');
  const status = response?.statusCode;
  if (status === undefined) {
    return new ConsulFailure('unreachable', `Consul cannot be reached: ${plain(message)}`, { cause });
  }
  const isDenied = status === 401 || status === 403;
  const said = plain(response?.body);
  return new ConsulFailure(
    isDenied ? 'access-denied' : 'error-status',
    `Consul answered ${status}${said === '' ? '' : `: ${said}`}`,
    { status },
  );
}

/** The start of a text from outside, on one line. */
function plain(value: unknown): string {
  if (typeof value !== 'string') return '';
  return value
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 200);
}
