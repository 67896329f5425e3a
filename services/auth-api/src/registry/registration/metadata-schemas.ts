/** Defines client metadata on the wire (RFC 7591 section 2, OpenID Connect Dynamic Client Registration section 2). */
import { components } from '@gatehouse/contracts/answers';
import { anyJson, freeText } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { type DescribedField, type members, type RegisteredField, registered } from '../clients/table.ts';

const text = freeText(2048);
const texts = z.array(text).max(200);

type Members = typeof members;
type Wire<V> = [V] extends [boolean | undefined]
  ? z.ZodBoolean
  : [V] extends [number | undefined]
    ? z.ZodInt
    : [V] extends [string | undefined]
      ? typeof text
      : [V] extends [string[]]
        ? typeof texts
        : ReturnType<typeof anyJson>;
type MemberShape = {
  [F in RegisteredField as Members[F]]: z.ZodOptional<Wire<z.output<DescribedField<F>>>>;
};

/** Only the kind of a value: the registration that results is checked as one of an administrator. */
const memberShape = Object.fromEntries(
  registered.map((entry) => [entry.member, wireOf(entry).optional().describe(entry.facts.help)]),
) as MemberShape;

function wireOf({ bare, isJson, isTexts }: (typeof registered)[number]): z.ZodType {
  if (isJson) return anyJson();
  if (isTexts) return texts;
  if (bare instanceof z.ZodBoolean) return z.boolean();
  return bare instanceof z.ZodNumber ? z.int() : text;
}

/** RFC 7591 section 2 lets a server ignore other members; it must not fetch anything from their addresses. */
export const metadataSchema = z
  .object({
    ...memberShape,
    scope: text.optional().describe('Scope values separated by spaces'),
    logo_uri: text
      .optional()
      .describe('Fetched and stored once. Left out of the answer where it leads to no picture.'),
    subject_type: text.optional(),
    sector_identifier_uri: text.optional(),
    software_statement: anyJson().optional(),
  })
  .catchall(anyJson());

export type ClientMetadata = z.infer<typeof metadataSchema>;

/** RFC 7592 section 2.2: an update names the client, and its secret if it has one. */
export const updatedMetadataSchema = metadataSchema.extend({
  client_id: text,
  client_secret: text.optional(),
});

export const registrationAnswerSchema = z.looseObject({
  client_id: z.string(),
  client_id_issued_at: z.int(),
  client_secret: z.string().optional().describe('Shown once'),
  client_secret_expires_at: z.int().optional().describe('0: it does not expire'),
  registration_access_token: z.string().optional().describe('Shown once'),
  registration_client_uri: z.string(),
  ignored_metadata: z
    .array(z.string())
    .optional()
    .describe(
      'Members of the request that have no effect: Gatehouse does not know them, or could not use their value.',
    ),
});
components.add(registrationAnswerSchema, { id: 'Registration' });
