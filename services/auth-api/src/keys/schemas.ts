/** Validates the administrators' requests about signing keys. */

import { operationIdField, wrapped } from '@gatehouse/contracts/envelope';
import { signingAlgorithms } from '@gatehouse/contracts/resources/algorithms';
import { anyJson, freeText, label } from '@gatehouse/contracts/text';
import { z } from 'zod';

const kid = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters without spaces');

export const keyParamsSchema = z.object({ kid });

/** Strict at both levels: an algorithm in the wrong place would rotate every key. */
export const rotateBodySchema = z
  .strictObject({
    data: z
      .strictObject({
        algorithm: z
          .enum(signingAlgorithms)
          .optional()
          .describe('Only the key of this algorithm; all when left out'),
      })
      .optional(),
    operationId: operationIdField,
  })
  .nullish();

const keyImportSchema = z
  .strictObject({
    pem: freeText(65_536).optional().describe('PKCS#8, PKCS#1 or SEC 1, encrypted or not'),
    pkcs12: z.base64().max(262_144).optional().describe('A PKCS#12 keystore in base64'),
    jwk: z
      .object({ kty: label(16), kid: kid.optional() })
      .catchall(anyJson())
      .optional()
      .describe('A private JWK (RFC 7517)'),
    password: freeText(1024).optional().describe('Of the PEM block or keystore'),
    alias: freeText(256).optional().describe('Entry of a keystore that has several keys'),
    state: z
      .enum(['next', 'active'])
      .default('next')
      .describe('next: published now, signs after the next rotation; active: signs at once'),
  })
  .refine(({ pem, pkcs12, jwk }) => [pem, pkcs12, jwk].filter((given) => given !== undefined).length === 1, {
    message: 'send one of pem, pkcs12 and jwk',
  });

export const importBodySchema = wrapped(keyImportSchema);

export type KeyImport = z.infer<typeof keyImportSchema>;
