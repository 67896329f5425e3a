/** Lists every way in which a call to a source of people can fail, and which failures may pass. */

/** Names that a server sends in EventError (packages/config-server-client/docs/protocol.md, "Errors"). */
export const serverErrorCodes = [
  'CFGObjectNotFound',
  'CFGUniquenessViolation',
  'CFGIncompleteObjectData',
  'CFGForcedDisconnect',
  'AuthenticationFailed',
  'AccountLocked',
  'AccountExpired',
  'PasswordExpired',
  'ChangePasswordRequired',
  'PasswordPolicyViolation',
  'TooManySessions',
  'AccessDenied',
  'ReadOnly',
  'NotPrimary',
  'NotRegistered',
  'AlreadyRegistered',
  'InvalidFilter',
  'MalformedBody',
  'UnknownMessage',
  'Unsupported',
  'Overloaded',
  'HistoryExpired',
  'ShuttingDown',
  'InternalError',
] as const;

/** Failures that the client itself detects; these names are never sent. */
export const clientErrorCodes = [
  'ConnectTimeout',
  'ConnectionRefused',
  'TlsFailure',
  'TlsExpected',
  'PlaintextRefused',
  'NotThisProtocol',
  'RegisterTimeout',
  'AddpTimeout',
  'ConnectionLost',
  'OutcomeUnknown',
  'RequestTimeout',
  'QueueFull',
  'Aborted',
  'ProtocolViolation',
  'FrameTooLarge',
  'AnswerTooLong',
  'NoEndpoint',
  'ClientClosed',
] as const;

export type ServerErrorCode = (typeof serverErrorCodes)[number];
export type ClientErrorCode = (typeof clientErrorCodes)[number];
export type ConfigServerErrorCode = ServerErrorCode | ClientErrorCode;

export interface ConfigServerErrorOptions {
  /** `host:port` of the server involved. */
  endpoint?: string | undefined;
  /** Reference id of the request on its connection. */
  refId?: number | undefined;
  /** True when the request, or a part of it, may have reached the server. */
  sent?: boolean | undefined;
  /** True when the same call may succeed later. Whether a repetition is safe depends on `sent`. */
  retryable?: boolean | undefined;
  retryAfterMs?: number | undefined;
  /** Facts for programs, such as the rules a new password breaks. */
  details?: unknown;
  /** For the log only. */
  detail?: string | undefined;
  cause?: unknown;
}

/**
 * The only error that a source throws. `message` holds no secret; `detail` is for logs. An error name that this version
 * does not know becomes `InternalError`, with the name in `details.error`.
 */
export class ConfigServerError extends Error {
  override readonly name = 'ConfigServerError';
  readonly code: ConfigServerErrorCode;
  readonly endpoint: string | undefined;
  readonly refId: number | undefined;
  readonly sent: boolean;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: unknown;
  readonly detail: string | undefined;

  constructor(code: ConfigServerErrorCode, message: string, options: ConfigServerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.endpoint = options.endpoint;
    this.refId = options.refId;
    this.sent = options.sent ?? false;
    this.retryable = options.retryable ?? retryableByDefault.has(code);
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
    this.detail = options.detail;
  }
}

/** True for a ConfigServerError, with one of the given codes when any are named. */
export function isConfigServerError(
  error: unknown,
  ...codes: ConfigServerErrorCode[]
): error is ConfigServerError {
  return error instanceof ConfigServerError && (codes.length === 0 || codes.includes(error.code));
}

export function isServerErrorCode(name: string): name is ServerErrorCode {
  return (serverErrorCodes as readonly string[]).includes(name);
}

/** For errors that carry no `retryable` flag. */
export const retryableByDefault: ReadonlySet<ConfigServerErrorCode> = new Set<ConfigServerErrorCode>([
  'CFGForcedDisconnect',
  'ReadOnly',
  'NotPrimary',
  'Overloaded',
  'ShuttingDown',
  'ConnectTimeout',
  'ConnectionRefused',
  'RegisterTimeout',
  'AddpTimeout',
  'ConnectionLost',
  'RequestTimeout',
  'QueueFull',
  'NoEndpoint',
]);
