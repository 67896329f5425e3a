/** Describes the tokens of a client, and how it learns that a session ended. */
import { z } from 'zod';
import { field } from '../../resource/field.ts';
import { freeText } from '../../values/text.ts';
import { contentEncryptions, encryptionAlgorithms, signingAlgorithms } from '../algorithms.ts';
import { maxInteger, pageUri } from './values.ts';

const lifetimeSeconds = z.int().min(1);
const signed = z.enum(signingAlgorithms).optional();
const encrypted = z.enum(encryptionAlgorithms).optional();
const content = z.enum(contentEncryptions).optional();

/** Tokens, and answers about them. */
export const tokens = {
  accessTokenFormat: field(z.enum(['opaque', 'jwt']), {
    label: 'Form of access tokens',
    help: '`jwt`: signed by RFC 9068, so that resource services can read it themselves.',
    group: 'tokens',
    initial: 'opaque',
  }),
  accessTokenExpirationTimeout: field(lifetimeSeconds, {
    label: 'Access token lives, in seconds',
    help: 'After that the application renews it.',
    group: 'tokens',
    example: 3600,
  }),
  refreshTokenExpirationTimeout: field(lifetimeSeconds, {
    label: 'Refresh tokens of a sign-in live, in seconds',
    help: 'After that people sign in again.',
    group: 'tokens',
    example: 86400,
  }),
  refreshTokenIdleTimeout: field(lifetimeSeconds.max(maxInteger).optional(), {
    label: 'Refresh tokens end when unused for, in seconds',
    help: 'Empty: as the installation says.',
    group: 'tokens',
    isClearable: true,
  }),
  accessTokenSignedResponseAlg: field(z.enum(signingAlgorithms), {
    label: 'Signature of JWT access tokens',
    help: 'Counts where access tokens are signed.',
    group: 'tokens',
    initial: 'RS256',
  }),
  accessTokenTyp: field(z.enum(['at+jwt', 'JWT']), {
    label: 'Type of JWT access tokens',
    help: '`JWT` for APIs that refuse the type of RFC 9068. They cannot tell such a token from an ID token by its type, so they must check `aud`.',
    group: 'tokens',
    initial: 'at+jwt',
  }),
  shortExchangedTokens: field(z.boolean(), {
    label: 'Exchanged JWTs are short',
    help: 'Redis keeps what only Gatehouse needs of them. They end when Redis loses it, and other regions do not accept them.',
    group: 'tokens',
    initial: true,
  }),
  idTokenSignedResponseAlg: field(z.enum(signingAlgorithms), {
    label: 'Signature of ID tokens',
    help: 'RS256 is what every library knows.',
    group: 'tokens',
    initial: 'RS256',
  }),
  idTokenEncryptedResponseAlg: field(encrypted, {
    label: 'Encryption of ID tokens',
    help: 'To a key of the client; not encrypted without it.',
    group: 'tokens',
    isClearable: true,
  }),
  idTokenEncryptedResponseEnc: field(content, {
    label: 'Content encryption of ID tokens',
    help: 'How the content is encrypted; A128CBC-HS256 without it.',
    group: 'tokens',
    isClearable: true,
  }),
  userinfoSignedResponseAlg: field(signed, {
    label: 'Signature of UserInfo',
    help: 'UserInfo answers a signed JWT; JSON without it.',
    group: 'tokens',
    isClearable: true,
  }),
  userinfoEncryptedResponseAlg: field(encrypted, {
    label: 'Encryption of UserInfo',
    help: 'UserInfo answers a JWT that is encrypted to a key of the client; not without it.',
    group: 'tokens',
    isClearable: true,
  }),
  userinfoEncryptedResponseEnc: field(content, {
    label: 'Content encryption of UserInfo',
    help: 'How the content is encrypted; A128CBC-HS256 without it.',
    group: 'tokens',
    isClearable: true,
  }),
  introspectionSignedResponseAlg: field(signed, {
    label: 'Signature of introspection',
    help: 'How answers about tokens are signed where it asks for JWTs (RFC 9701); RS256 without it.',
    group: 'tokens',
    isClearable: true,
  }),
  introspectionEncryptedResponseAlg: field(encrypted, {
    label: 'Encryption of introspection',
    help: 'To a key of the client; not encrypted without it.',
    group: 'tokens',
    isClearable: true,
  }),
  introspectionEncryptedResponseEnc: field(content, {
    label: 'Content encryption of introspection',
    help: 'How the content is encrypted; A128CBC-HS256 without it.',
    group: 'tokens',
    isClearable: true,
  }),
  uuidAccessTokens: field(z.boolean().optional(), {
    label: 'Access tokens as UUIDs',
    help: 'Compat: opaque access tokens are UUIDs; as the compat profile says without it.',
    group: 'tokens',
    isClearable: true,
  }),
};

/** Logout. */
export const logout = {
  backchannelLogoutUri: field(freeText(2048).optional(), {
    label: 'Address that is told by us',
    help: 'We send a signed message there when a session ends. It also arrives when the browser is closed.',
    group: 'logout',
    example: 'https://desktop.example.com/signed-out',
    isClearable: true,
  }),
  backchannelLogoutSessionRequired: field(z.boolean(), {
    label: 'The message names the session',
    help: 'The logout token contains `sid`.',
    group: 'logout',
    initial: false,
  }),
  frontchannelLogoutUri: field(pageUri.optional(), {
    label: 'Page that the browser loads',
    help: 'Shown in a hidden frame when a person signs out. It must be on the origin of a redirect URI.',
    group: 'logout',
    example: 'https://desktop.example.com/sign-out',
    isClearable: true,
  }),
  frontchannelLogoutSessionRequired: field(z.boolean(), {
    label: 'The page is told the session',
    help: 'Its address gets `iss` and `sid`.',
    group: 'logout',
    initial: false,
  }),
  globalSignOut: field(z.boolean().optional(), {
    label: 'Signs out everywhere',
    help: 'Compat: its tokens end every session of their user, whatever their scope; as the compat profile says without it.',
    group: 'logout',
    isClearable: true,
  }),
};
