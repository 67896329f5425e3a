/** Validates clients as administrators and provisioning scripts send them. */
import { wrapped } from '@gatehouse/contracts/answers';
import { changeShape } from '@gatehouse/contracts/resource';
import { freeText, integer, label } from '@gatehouse/contracts/values';
import { countQuery, pageQuery, sortQuery } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { checkedClient } from './checked-keys.ts';

/** A change may name its client, too: by the id that it has. */
export const clientPatchSchema = z.object({
  client_id: checkedClient.fields.client_id,
  ...changeShape(checkedClient),
});

export type ClientPatch = z.infer<typeof clientPatchSchema>;

export const createBodySchema = wrapped(
  clientPatchSchema.extend({
    encryptedClientSecret: z
      .boolean()
      .optional()
      .describe(
        'Compat: whether the answer shows the secret under `encrypted_client_secret`; as the compat profile says without it.',
      ),
  }),
);
export const updateBodySchema = wrapped(clientPatchSchema);

const maxGraceSeconds = 31_536_000;

export const rotateSecretBodySchema = z
  .object({ data: z.object({ graceSeconds: integer(0, maxGraceSeconds).optional() }).optional() })
  .nullish();

export const listQuerySchema = z.object({
  ...pageQuery(),
  ...countQuery,
  ...sortQuery,
  search: label(256).optional().describe('A part of the id, the name, the description or a redirect URI.'),
  contactCenterId: freeText(128).optional().describe('Clients that serve this contact centre.'),
  ids: freeText(16_384)
    .optional()
    .transform((text) => text?.split(','))
    .pipe(z.array(z.string()).max(100).optional())
    .describe('Only these: client ids, separated by commas, at most 100.'),
});

export const clientParamsSchema = z.object({ client_id: freeText(128) });
