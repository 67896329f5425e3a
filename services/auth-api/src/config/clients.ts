/** Defines the settings of clients, of their secrets and of their registration (RFC 7591). */
import { parseBearerToken } from '@gatehouse/caller-auth/credentials';
import {
  optionalSecretSetting,
  overrideSetting,
  read,
  setting,
  textWeakness,
} from '@gatehouse/service-kit/config';
import type { z } from 'zod';

export const clientSettings = {
  smallExponentClients: setting(read.list().default([]) as z.ZodType<string[]>, {
    env: 'GATEHOUSE_CLIENT_SMALL_EXPONENTS',
    doc: 'Client ids, separated by commas, whose registered RSA keys may go on with an odd public exponent from 3 to 65535, until they have another key. Every other key has 65537 or more.',
    example: 'old-desktop',
  }),
  secretGraceSeconds: setting(read.integer(0, 31_536_000).default(86_400), {
    env: 'GATEHOUSE_CLIENT_SECRET_GRACE_SECONDS',
    doc: 'Time that the former secret stays valid after a rotation, in seconds.',
  }),
  staleMaxSeconds: setting(read.integer(0, 604_800).default(3_600), {
    env: 'GATEHOUSE_CLIENT_STALE_MAX_SECONDS',
    doc: 'Maximum use of a cached client while PostgreSQL is down, in seconds.',
  }),
  hashConcurrency: setting(read.integer(1, 64).default(2), {
    env: 'GATEHOUSE_SECRET_HASH_CONCURRENCY',
    doc: 'Number of slow secret hashes that are computed at once; each takes 19 MiB.',
  }),
};

const allowWeakToken = overrideSetting({
  env: 'GATEHOUSE_REGISTRATION_ALLOW_WEAK_TOKEN',
  doc: 'Permits an initial access token that can be guessed. Who guesses it registers clients.',
});

export const registrationSettings = {
  initialAccessToken: optionalSecretSetting({
    env: 'GATEHOUSE_REGISTRATION_TOKEN',
    doc: 'Initial access token with which clients register themselves (RFC 7591); without it registration is off.',
    check: bearerOfThirtyTwoCharacters,
    weakness: { of: (text) => textWeakness(text, 32), override: allowWeakToken },
  }),
  allowWeakToken,
  scopes: setting(
    read.list().default(['openid', 'profile', 'email', 'offline_access']) as z.ZodType<string[]>,
    {
      env: 'GATEHOUSE_REGISTRATION_SCOPES',
      doc: 'Scopes that self-registered clients may have, separated by commas.',
    },
  ),
  documentHosts: setting(read.list().default([]).superRefine(requireHosts) as z.ZodType<string[]>, {
    env: 'GATEHOUSE_CLIENT_DOCUMENT_HOSTS',
    doc: 'Hosts whose documents describe clients that nobody has registered: the client id is the https address of the document (client ID metadata documents). Separated by commas, with the port where it is not 443; `*` accepts every public host. Empty: no document is read.',
    example: 'claude.ai,vscode.dev',
  }),
  requirePkce: setting(read.boolean().default(true), {
    env: 'GATEHOUSE_REGISTRATION_REQUIRE_PKCE',
    doc: 'A client that registers itself must send a code challenge (RFC 7636), unless it is public: then it must in any case. An operator may change `requirePkce` of each one.',
  }),
  detailTypes: setting(read.list().default([]) as z.ZodType<string[]>, {
    env: 'GATEHOUSE_REGISTRATION_DETAIL_TYPES',
    doc: 'Types of authorization details (RFC 9396) that self-registered clients may ask for, separated by commas.',
    example: 'call-recordings',
  }),
};

function requireHosts(hosts: readonly string[], context: z.RefinementCtx): void {
  const wrong = hosts.find((host) => host !== '*' && URL.parse(`https://${host}/`)?.host !== host);
  if (wrong === undefined) return;
  const message = `${wrong} is no host: write it like app.example.com, in small letters, without https and path`;
  context.addIssue({ code: 'custom', message });
}

function bearerOfThirtyTwoCharacters(text: string): void {
  if (text.length < 32) throw new Error('must have at least 32 characters');
  if (parseBearerToken(`Bearer ${text}`) !== text)
    throw new Error('must be of letters, digits and - . _ ~ + /, because clients send it as a Bearer token');
}
