/** Explains what a failed step means and what to change. Texts of the server are not passed on. */

import type { StepName } from '@gatehouse/contracts/environment-administration';
import { isConfigServerError } from '@gatehouse/people-directory';

export interface Failure {
  step: StepName;
  message: string;
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

export function resolveFailure(target: Target, error: unknown): string {
  const code = (error as { code?: string }).code;
  return code === 'ENOTFOUND'
    ? `There is no host named ${target.address}: correct the address, or make the name known to this network's DNS`
    : `The name ${target.address} could not be looked up${code === undefined ? '' : ` (${code})`}: check that DNS works from here`;
}

export function tcpFailure(target: Target, error: unknown): string {
  const place = `${target.address} port ${target.port}`;
  switch ((error as { code?: string }).code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${place}: correct the port, or start the Configuration Server`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no route to ${place}: correct the address, or open the network`;
    default:
      return `${place} does not answer: a firewall may drop the packets, or the host is down; open the port for this network`;
  }
}

/** Assigns an error of the connection to its step and explains it. */
export function linkFailure(target: Target, error: unknown): Failure {
  const place = `${target.address} port ${target.port}`;
  const code = isConfigServerError(error) ? error.code : undefined;
  const cause = isConfigServerError(error) ? (error.cause as { code?: string } | undefined)?.code : undefined;
  switch (code) {
    case 'TlsFailure':
      return { step: 'tls', message: tlsSentence(target, place, cause) };
    case 'TlsExpected':
      return { step: 'tls', message: `${place} expects TLS: set tlsEnabled to true` };
    case 'ConnectTimeout':
      return target.isTls
        ? {
            step: 'tls',
            message: `${place} accepts connections but begins no TLS: give the TLS port, or set tlsEnabled to false if plaintext is acceptable there`,
          }
        : { step: 'tcp', message: tcpFailure(target, undefined) };
    case 'ConnectionRefused':
      return { step: 'tcp', message: tcpFailure(target, { code: 'ECONNREFUSED' }) };
    case 'PlaintextRefused':
      return { step: 'tls', message: 'Plaintext is not permitted: set tlsEnabled to true' };
    case 'RegisterTimeout':
      return {
        step: 'register',
        message: `${place} accepts connections but does not answer: it may be another program, or a TLS port while tlsEnabled is ${target.isTls}; check address, port and tlsEnabled`,
      };
    case 'NotThisProtocol':
    case 'ProtocolViolation':
    case 'FrameTooLarge':
      return {
        step: 'register',
        message: `${place} is no Configuration Server, or one that does not speak the open protocol: correct the port`,
      };
    case 'AuthenticationFailed':
      return {
        step: 'register',
        message: `The server refuses the service account ${JSON.stringify(target.userName)}: correct username, password or appName of the environment`,
      };
    case 'AccountLocked':
    case 'AccountExpired':
      return {
        step: 'register',
        message: `The service account ${JSON.stringify(target.userName)} is locked or expired: unlock it on the Configuration Server`,
      };
    case 'PasswordExpired':
    case 'ChangePasswordRequired':
      return {
        step: 'register',
        message: `The password of the service account ${JSON.stringify(target.userName)} must be changed on the Configuration Server first; then set it in the environment`,
      };
    case 'CFGObjectNotFound':
      return {
        step: 'register',
        message: `The server knows no application ${JSON.stringify(target.applicationName)}: create it there, or correct appName`,
      };
    case 'AccessDenied':
      return {
        step: 'register',
        message: `The service account ${JSON.stringify(target.userName)} may not register as ${JSON.stringify(target.applicationName)}: give it the permission, or correct appName`,
      };
    case 'ConnectionLost':
      // In TLS 1.3 (RFC 8446, section 2) a server refuses a client certificate after the client's handshake is done.
      return target.isTls
        ? {
            step: 'register',
            message: `${place} ended the connection after the TLS handshake: ${clientCertificateAdvice(target)}`,
          }
        : { step: 'register', message: brokenOff(place, code) };
    case 'TooManySessions':
    case 'Overloaded':
    case 'CFGForcedDisconnect':
      return {
        step: 'register',
        message: 'The server takes no more sessions at present: try again later, or raise its limit',
      };
    case 'NotPrimary':
    case 'ShuttingDown':
      return {
        step: 'register',
        message: 'The server registers nobody at present: it is the backup or is shutting down',
      };
    default:
      return { step: 'register', message: brokenOff(place, code) };
  }
}

function brokenOff(place: string, code: string | undefined): string {
  return `${place} ended the connection while registering (${code ?? 'unknown reason'}): check that it is a Configuration Server and that tlsEnabled is right`;
}

function clientCertificateAdvice({ hasClientCertificate }: Target): string {
  return hasClientCertificate
    ? 'it may not accept the client certificate; check that it knows the authority of tls.mutual.cert'
    : 'it may ask for a client certificate; set tls.mutual if it does';
}

export function readFailure(target: Target, error: unknown): string {
  if (isConfigServerError(error, 'AccessDenied')) {
    return `The service account ${JSON.stringify(target.userName)} may read no tenants: give it read permission`;
  }
  const code = isConfigServerError(error) ? error.code : 'unknown reason';
  return `The tenants could not be read (${code}): look into the log of the Configuration Server`;
}

function tlsSentence(target: Target, place: string, cause: string | undefined): string {
  switch (cause) {
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${place} has expired: renew it`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of ${place} is for another name: set tls.serverName to the name that stands in it, or renew it for this address`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return `The certificate of ${place} comes from an authority that is not trusted here: set tls.ca to its certificate, or use a certificate of a known one`;
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
      return `${place} refuses the TLS handshake: ${clientCertificateAdvice(target)}`;
    default:
      return `TLS with ${place} failed${cause === undefined ? '' : ` (${cause})`}: give its TLS port, or set tlsEnabled to false if plaintext is acceptable there`;
  }
}
