/** Describes how a client proves itself, and what protects its requests and its tokens. */
import { z } from 'zod';
import { field } from '../../resource/field.ts';
import {
  contentEncryptions,
  encryptionAlgorithms,
  requestSigningAlgorithms,
  signingAlgorithms,
} from '../algorithms.ts';
import { anyPublicKey, keySetOf, keysAddress } from './issuers.ts';

const signed = z.enum(signingAlgorithms).optional();
const requestSigned = z.enum(requestSigningAlgorithms).optional();
const encrypted = z.enum(encryptionAlgorithms).optional();
const content = z.enum(contentEncryptions).optional();

/** Protection. */
export const protection = {
  tokenEndpointAuthMethod: field(
    z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']).optional(),
    {
      label: 'Authentication',
      help: 'How it proves itself; either way of sending the secret without it.',
      group: 'protection',
      isClearable: true,
    },
  ),
  jwks: field(keySetOf(anyPublicKey).optional(), {
    label: 'Public keys',
    help: 'Its public keys by value (RFC 7517).',
    group: 'protection',
    isClearable: true,
  }),
  jwksUri: field(keysAddress.optional(), {
    label: 'Address of its public keys',
    help: 'Or the https address they are read from.',
    group: 'protection',
    example: 'https://desktop.example.com/keys.json',
    isClearable: true,
  }),
  requirePushedAuthorizationRequests: field(z.boolean(), {
    label: 'Pushed requests',
    help: 'Authorization requests come by RFC 9126 only.',
    group: 'protection',
    initial: false,
  }),
  requireSignedRequestObject: field(z.boolean(), {
    label: 'Signed requests',
    help: 'Authorization requests are signed (RFC 9101).',
    group: 'protection',
    initial: false,
  }),
  requestObjectSigningAlg: field(requestSigned, {
    label: 'Signature of requests',
    help: 'How they are signed; any algorithm that is known here without it.',
    group: 'protection',
    isClearable: true,
  }),
  backchannelAuthenticationRequestSigningAlg: field(requestSigned, {
    label: 'Signature of requests for an approval',
    help: 'Its requests for an approval are signed by this algorithm; not signed without it.',
    group: 'protection',
    isClearable: true,
  }),
  dpopBoundAccessTokens: field(z.boolean(), {
    label: 'Tokens bound to a key',
    help: 'Its tokens are bound to a key (DPoP, RFC 9449).',
    group: 'protection',
    initial: false,
  }),
  tlsClientCertificateBoundAccessTokens: field(z.boolean(), {
    label: 'Tokens bound to a certificate',
    help: 'Its tokens are bound to its TLS certificate (RFC 8705).',
    group: 'protection',
    initial: false,
  }),
  authorizationSignedResponseAlg: field(signed, {
    label: 'Signature of authorization responses',
    help: 'Every authorization response is a JWT signed by it (JARM).',
    group: 'protection',
    isClearable: true,
  }),
  authorizationEncryptedResponseAlg: field(encrypted, {
    label: 'Encryption of authorization responses',
    help: 'To a key of the client; not encrypted without it.',
    group: 'protection',
    isClearable: true,
  }),
  authorizationEncryptedResponseEnc: field(content, {
    label: 'Content encryption of authorization responses',
    help: 'How the content is encrypted; A128CBC-HS256 without it.',
    group: 'protection',
    isClearable: true,
  }),
};
