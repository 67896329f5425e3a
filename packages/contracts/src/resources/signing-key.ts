/** Describes a signing key that an administrator brings along: what is sent, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { anyJson, freeText, label } from '../values/text.ts';

export const keyIdSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 printable characters without spaces');

const privateJwk = z.object({ kty: label(16), kid: keyIdSchema.optional() }).catchall(anyJson());
const isSecret = true;

export const signingKey = {
  name: 'signingKey',
  fields: {
    pem: field(freeText(65_536).optional(), {
      label: 'Key in PEM',
      help: 'PKCS#8, PKCS#1 or SEC 1, encrypted or not.',
      group: 'key',
      isSecret,
    }),
    pkcs12: field(z.base64().max(262_144).optional(), {
      label: 'PKCS#12 keystore',
      help: 'Encoded in base64.',
      group: 'key',
      isSecret,
    }),
    jwk: field(privateJwk.optional(), {
      label: 'Key as JWK',
      help: 'A private JWK (RFC 7517).',
      group: 'key',
      isSecret,
    }),
    password: field(freeText(1024).optional(), {
      label: 'Password of the key',
      help: 'Only where the PEM block or the keystore is encrypted.',
      group: 'key',
      isSecret,
    }),
    alias: field(freeText(256).optional(), {
      label: 'Entry of the keystore',
      help: 'Needed where the keystore has several keys.',
      group: 'key',
    }),
    state: field(z.enum(['next', 'active']).default('next'), {
      label: 'Use it',
      help: '`next`: it is published now and signs after the next rotation. `active`: it signs at once.',
      group: 'use',
      isColumn: true,
    }),
  },
};

export const newSigningKeySchema = z
  .strictObject(signingKey.fields)
  .refine(({ pem, pkcs12, jwk }) => [pem, pkcs12, jwk].filter((given) => given !== undefined).length === 1, {
    message: 'send one of pem, pkcs12 and jwk',
  });

/** As it is sent. */
export type NewSigningKey = z.input<typeof newSigningKeySchema>;

/** The key of a file, as the field of its form: its content tells which. @throws SyntaxError, which may quote the key */
export function keyInFile(bytes: Buffer): Pick<NewSigningKey, 'pem' | 'pkcs12' | 'jwk'> {
  const text = bytes.toString('utf8');
  if (text.includes('-----BEGIN ')) return { pem: text };
  const json = text.trim();
  return json.startsWith('{') ? { jwk: JSON.parse(json) } : { pkcs12: bytes.toString('base64') };
}
