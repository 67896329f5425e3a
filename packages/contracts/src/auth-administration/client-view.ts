/** Describes OAuth clients as the administration API answers them: an allow-list, so that no other field gets out. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { nextCursorSchema, successStatus, totalFields } from '../answers/envelope.ts';
import { imageSchema } from '../environment-api/branding.ts';
import { shownShape } from '../resource/shown.ts';
import { publicKeySchema } from '../resources/client/issuers.ts';
import { client } from '../resources/client.ts';

const shown = shownShape(client);
const publicKeys = z.object({ keys: z.array(publicKeySchema) });
components.add(publicKeySchema, { id: 'PublicKey' });
components.add(publicKeys, { id: 'PublicKeys' });

/** Values that the service makes, and no caller sends. */
const made = {
  client_id: z.string(),
  logo: imageSchema.optional(),
  /** When the client last proved itself (ms since 1970), some minutes behind. */
  lastUsedAt: z.int().optional(),
  /** When it last got tokens, by grant type, newest first, some minutes behind. Absent: none is recorded. */
  lastGrants: z.array(z.object({ grant_type: z.string(), at: z.int() })).optional(),
  createdAt: z.int(),
  updatedAt: z.int(),
};

/** Fields that answers of the release before do not have. */
const absentBefore = {
  membershipClaims: shown.membershipClaims.optional(),
  detailTypes: shown.detailTypes.optional(),
  authorizationDetailsTypes: shown.authorizationDetailsTypes.optional(),
  openResources: shown.openResources.optional(),
  audiences: shown.audiences.optional(),
  accessTokenTyp: shown.accessTokenTyp.optional(),
  shortExchangedTokens: shown.shortExchangedTokens.optional(),
};

/** Each rule of token exchange that came later is absent in what was stored before. */
const tokenExchange = shown.tokenExchange.partial({ idTokens: true, refreshTokens: true });

/** Private members, and whatever else a key has, are not shown. */
const jwtIssuers = z.object({
  issuers: z.array(shown.jwtBearer.shape.issuers.element.extend({ jwks: publicKeys.optional() })),
});

export const clientViewSchema = z.object({
  ...shown,
  ...absentBefore,
  /** Every release knows the two. */
  clientType: client.fields.clientType,
  tokenExchange,
  jwks: publicKeys.optional(),
  jwtBearer: jwtIssuers,
  ...made,
});
components.add(clientViewSchema, { id: 'Client' });

/** The answers that hand out a secret, once. */
export const clientWithSecretSchema = clientViewSchema.extend({
  client_secret: z.string().optional(),
  encrypted_client_secret: z.string().optional(),
  /** After a rotation: the time until which the secret before it is still accepted (ISO 8601). */
  formerSecretExpiresAt: z.iso.datetime().optional(),
});
components.add(clientWithSecretSchema, { id: 'ClientWithSecret' });

export const clientListSchema = z.object({
  status: successStatus,
  data: z.array(clientViewSchema),
  nextCursor: nextCursorSchema,
  ...totalFields,
});

export type ClientView = z.infer<typeof clientViewSchema>;
export type ClientWithSecret = z.infer<typeof clientWithSecretSchema>;
