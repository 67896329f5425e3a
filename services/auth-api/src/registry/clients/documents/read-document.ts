/** Makes a client of its metadata document (draft-ietf-oauth-client-id-metadata-document-02 section 4). */
import { AppError } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import { isLoopbackUri } from '../../../core/protocol/redirect-uri.ts';
import type { Client } from '../client.ts';
import { mergeClient } from '../merge.ts';
import { type ClientDefaults, newClient } from '../new-client.ts';
import { isRegistered, members } from '../table.ts';
import { reservedName } from '../validation/reserved-names.ts';
import { clientPatchSchema } from '../validation/schemas.ts';

/** Why a document makes no client; the message is a sentence for the client's developer. */
export class UnusableDocument extends Error {}

export interface DocumentRules {
  defaults: ClientDefaults;
  /** Scopes that clients may have which nobody here has reviewed. */
  scopes: readonly string[];
  nameOfInstallation(): Promise<string | undefined>;
}

/** The document is written for every server: what is offered here is picked, and the rest ignored. */
const documentSchema = z.object({
  client_id: z.string(),
  client_name: z.string(),
  redirect_uris: z.array(z.string()).min(1).max(100),
  grant_types: z.array(z.string()).optional(),
  scope: z.string().optional(),
  token_endpoint_auth_method: z.enum(['none', 'private_key_jwt']).default('none'),
  jwks: z.unknown().optional(),
  jwks_uri: z.string().optional(),
  client_uri: z.string().optional(),
  policy_uri: z.string().optional(),
  tos_uri: z.string().optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  // Section 4.1: nobody can keep a secret in a public document.
  client_secret: z.undefined('must not be there: everybody can read the document').optional(),
});

/** Each needs a person, who decides whether to trust the client. */
const grants = ['authorization_code', 'refresh_token'];

/** @throws UnusableDocument, AppError (503) while the name of the installation cannot be known */
export async function clientOfDocument(
  clientId: string,
  content: unknown,
  { defaults, scopes, nameOfInstallation }: DocumentRules,
  nowMs: number,
): Promise<Client> {
  const parsed = documentSchema.safeParse(content);
  if (!parsed.success) throw new UnusableDocument(sentenceOf(parsed.error));
  const document = parsed.data;
  if (document.client_id !== clientId)
    throw new UnusableDocument('client_id: must be the address of the document, letter by letter');
  const foreign = document.redirect_uris.find((uri) => !isLoopbackUri(uri) && !isOfHost(uri, clientId));
  if (foreign !== undefined) {
    const message = 'must have the scheme, host and port of the document, or http towards this machine';
    throw new UnusableDocument(`redirect_uris: each ${message}`);
  }
  const reserved = reservedName(document.client_name, await nameOfInstallation());
  if (reserved !== undefined) throw new UnusableDocument(`client_name: passes for ${reserved}`);
  const patch = clientPatchSchema.safeParse({
    name: document.client_name,
    clientType: document.token_endpoint_auth_method === 'none' ? 'PUBLIC' : 'CONFIDENTIAL',
    tokenEndpointAuthMethod: document.token_endpoint_auth_method,
    authorizedGrantTypes: (document.grant_types ?? ['authorization_code']).filter((one) =>
      grants.includes(one),
    ),
    responseTypes: ['code'],
    redirectURIs: document.redirect_uris,
    scope: document.scope?.split(' ').filter((one) => scopes.includes(one)) ?? scopes,
    jwks: document.jwks ?? null,
    jwksUri: document.jwks_uri ?? null,
    clientUri: document.client_uri ?? null,
    policyUri: document.policy_uri ?? null,
    tosUri: document.tos_uri ?? null,
    dpopBoundAccessTokens: document.dpop_bound_access_tokens ?? false,
    redirectMatching: 'exact',
    requirePkce: true,
    requireConsent: true,
  });
  if (!patch.success) throw new UnusableDocument(sentenceOf(patch.error));
  return { ...merged(clientId, patch.data, defaults, nowMs), registeredDynamically: true };
}

function merged(
  ...[clientId, patch, defaults, nowMs]: [string, z.infer<typeof clientPatchSchema>, ClientDefaults, number]
) {
  try {
    return mergeClient(newClient(clientId, defaults, nowMs), patch, defaults);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const [{ field, message } = { field: '', message: error.message }] = error.problems;
    throw new UnusableDocument(`${memberOf(field.replace(/^data\./, ''))}: ${message}`);
  }
}

/** Section 8.1: the code goes to nobody but the host that people see, or to a program on their own machine. */
function isOfHost(uri: string, clientId: string): boolean {
  return URL.parse(uri)?.origin === URL.parse(clientId)?.origin;
}

function sentenceOf({ issues: [issue] }: z.ZodError): string {
  const [name = 'the document', ...rest] = issue?.path ?? [];
  return `${[memberOf(String(name)), ...rest].join('.')}: ${issue?.message ?? 'is not valid'}`;
}

/** The document has the names of RFC 7591. */
function memberOf(field: string): string {
  const [name = '', ...rest] = field.split('.');
  return [isRegistered(name) ? members[name] : name, ...rest].join('.');
}
