/** Explains what a failed step means and what to change. Texts of the server are not passed on. */

import type { StepName } from '@gatehouse/contracts/environment-administration';
import { isConfigServerError } from '@gatehouse/people-directory';
import { type Said, say } from '@gatehouse/service-kit/sentences';

export interface Failure {
  step: StepName;
  said: Said;
}

export interface Target {
  address: string;
  port: number;
  userName: string;
  applicationName: string;
  tenant: string;
  isTls: boolean;
  hasClientCertificate: boolean;
}

type Place = Pick<Target, 'address' | 'port'>;

const unknownReason = 'unknown reason';

export function resolveFailure({ address }: Target, error: unknown): Said {
  const { code: problem = unknownReason } = error as { code?: string };
  return problem === 'ENOTFOUND'
    ? say('check.server.unknownHost', { address })
    : say('check.server.lookupFailed', { address, problem });
}

export function tcpFailure({ address, port }: Place, error: unknown): Said {
  switch ((error as { code?: string }).code) {
    case 'ECONNREFUSED':
      return say('check.server.nothingListens', { address, port });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return say('check.server.noRoute', { address, port });
    default:
      return say('check.server.silent', { address, port });
  }
}

/** Assigns an error of the connection to its step and explains it. */
export function linkFailure(target: Target, error: unknown): Failure {
  const { address, port, isTls, hasClientCertificate } = target;
  const place = { address, port };
  const code = isConfigServerError(error) ? error.code : undefined;
  const cause = isConfigServerError(error) ? (error.cause as { code?: string } | undefined)?.code : undefined;
  switch (code) {
    case 'TlsFailure':
      return { step: 'tls', said: tlsSentence(target, cause ?? code) };
    case 'TlsExpected':
      return { step: 'tls', said: say('check.server.expectsTls', place) };
    case 'ConnectTimeout':
      return isTls
        ? { step: 'tls', said: say('check.server.beginsNoTls', place) }
        : { step: 'tcp', said: say('check.server.silent', place) };
    case 'ConnectionRefused':
      return { step: 'tcp', said: say('check.server.nothingListens', place) };
    case 'PlaintextRefused':
      return { step: 'tls', said: say('check.server.plaintextRefused') };
    case 'ConnectionLost':
      // In TLS 1.3 (RFC 8446, section 2) a server refuses a client certificate after the client's handshake is done.
      return {
        step: 'register',
        said: isTls
          ? say(`check.server.handshake.${hasClientCertificate ? 'certificateEnded' : 'ended'}`, place)
          : say('check.server.brokenOff', { ...place, problem: code }),
      };
    default:
      return { step: 'register', said: registerSentence(target, code) };
  }
}

function registerSentence(target: Target, code: string | undefined): Said {
  const { address, port, isTls } = target;
  const place = { address, port };
  const account = JSON.stringify(target.userName);
  const application = JSON.stringify(target.applicationName);
  switch (code) {
    case 'RegisterTimeout':
      return say('check.server.registersNobody', { ...place, tlsEnabled: String(isTls) });
    case 'NotThisProtocol':
    case 'ProtocolViolation':
    case 'FrameTooLarge':
      return say('check.server.otherProgram', place);
    case 'AuthenticationFailed':
      return say('check.server.accountRefused', { account });
    case 'AccountLocked':
    case 'AccountExpired':
      return say('check.server.accountLocked', { account });
    case 'PasswordExpired':
    case 'ChangePasswordRequired':
      return say('check.server.passwordExpired', { account });
    case 'CFGObjectNotFound':
      return say('check.server.applicationUnknown', { application });
    case 'AccessDenied':
      return say('check.server.applicationDenied', { account, application });
    case 'TooManySessions':
    case 'Overloaded':
    case 'CFGForcedDisconnect':
      return say('check.server.full');
    case 'NotPrimary':
    case 'ShuttingDown':
      return say('check.server.notPrimary');
    default:
      return say('check.server.brokenOff', { ...place, problem: code ?? unknownReason });
  }
}

export function readFailure({ userName }: Target, error: unknown): Said {
  if (isConfigServerError(error, 'AccessDenied'))
    return say('check.server.readDenied', { account: JSON.stringify(userName) });
  return say('check.server.readFailed', { problem: isConfigServerError(error) ? error.code : unknownReason });
}

function tlsSentence({ address, port, hasClientCertificate }: Target, problem: string): Said {
  const place = { address, port };
  switch (problem) {
    case 'CERT_HAS_EXPIRED':
      return say('check.server.certificateExpired', place);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return say('check.server.certificateOfOther', place);
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return say('check.server.certificateUntrusted', place);
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
      return say(`check.server.handshake.${hasClientCertificate ? 'certificateRefused' : 'refused'}`, place);
    default:
      return say('check.server.tlsFailed', { ...place, problem });
  }
}
