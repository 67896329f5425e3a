/** Translates what a server says about a failure, EventError and CLOSE, into errors of this package. */
import {
  ConfigServerError,
  type ConfigServerErrorCode,
  isServerErrorCode,
  retryableByDefault,
  type ServerErrorCode,
} from '@gatehouse/people-directory';
import type { MessageBody } from '../wire/message.ts';
import type { CloseCode } from '../wire/wire-protocol.ts';

const publicText: Record<ServerErrorCode, string> = {
  CFGObjectNotFound: 'the object does not exist',
  CFGUniquenessViolation: 'an object with this name exists already',
  CFGIncompleteObjectData: 'a mandatory field is missing',
  CFGForcedDisconnect: 'the server is overloaded and refuses logins',
  AuthenticationFailed: 'user name or password is wrong',
  AccountLocked: 'the account is locked',
  AccountExpired: 'the account has expired',
  PasswordExpired: 'the password has expired',
  ChangePasswordRequired: 'the password must be changed first',
  PasswordPolicyViolation: 'the new password breaks the password rules',
  TooManySessions: 'the account has too many sessions',
  AccessDenied: 'the service account may not do this',
  ReadOnly: 'the server takes no changes',
  NotPrimary: 'the server is not the primary one',
  NotRegistered: 'the connection is not registered',
  AlreadyRegistered: 'the connection is registered already',
  InvalidFilter: 'the filter is not valid',
  MalformedBody: 'the server could not read the request',
  UnknownMessage: 'the server does not know the request',
  Unsupported: 'the server does not support the request',
  Overloaded: 'the server is overloaded',
  HistoryExpired: 'the change history does not reach back so far',
  ShuttingDown: 'the server is shutting down',
  InternalError: 'the server reports an internal error',
};

/** Longer ones would fill logs and the audit trail. */
const maxDescription = 500;

/** The server's description goes to `detail`, which is for logs only: it may quote what users must not see. */
export function serverError(
  body: MessageBody<'EventError'>,
  origin: { endpoint: string; refId: number },
): ConfigServerError {
  const isKnown = isServerErrorCode(body.error);
  const code = isKnown ? (body.error as ServerErrorCode) : 'InternalError';
  return new ConfigServerError(code, publicText[code], {
    endpoint: origin.endpoint,
    refId: origin.refId,
    sent: true,
    retryable: body.retryable || retryableByDefault.has(code),
    retryAfterMs: body.retryAfterMs,
    details: isKnown ? body.details : { error: body.error },
    detail: body.description.slice(0, maxDescription),
  });
}

const closeErrors: Partial<Record<CloseCode, ConfigServerErrorCode>> = {
  'shutting-down': 'ShuttingDown',
  'not-primary': 'NotPrimary',
  'frame-too-large': 'FrameTooLarge',
  'too-many-connections': 'Overloaded',
};

export function closeErrorCode(code: CloseCode): ConfigServerErrorCode {
  return closeErrors[code] ?? 'ConnectionLost';
}
