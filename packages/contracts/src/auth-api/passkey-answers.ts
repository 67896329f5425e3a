/** Describes what a browser sends of a passkey (WebAuthn section 5.1, the JSON forms). Everything else that it sends is dropped, such as a public key. */
import { z } from 'zod';

const base64url = (maxLength: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(maxLength, `is longer than ${maxLength} characters`)
    .regex(/^[A-Za-z0-9_-]*$/, 'must be base64url without padding');

/** 1023 bytes (WebAuthn section 4, "Credential ID"). */
const credentialId = base64url(1364);
const clientDataJson = base64url(8192);

/** `response`: of the ceremony. */
const answerOf = <T extends z.ZodType>(response: T) =>
  z
    .object({ id: credentialId, rawId: credentialId, type: z.literal('public-key'), response })
    .refine(({ id, rawId }) => id === rawId, { path: ['rawId'], error: 'must be the same as id' });

export const registrationAnswerSchema = answerOf(
  z.object({
    clientDataJSON: clientDataJson,
    attestationObject: base64url(65_536),
    /** Names of later browsers are kept: these want them back. */
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/, 'must be the name of a transport'))
      .max(10, 'has more than 10 members')
      .optional(),
  }),
);

export const authenticationAnswerSchema = answerOf(
  z.object({
    clientDataJSON: clientDataJson,
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    /** Authenticators that know none send null or nothing. */
    userHandle: base64url(86).nullish(),
  }),
);

export type RegistrationAnswer = z.infer<typeof registrationAnswerSchema>;
export type AuthenticationAnswer = z.infer<typeof authenticationAnswerSchema>;

/** A form carries the JSON of the browser's answer in a field. */
export const jsonField = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  }, schema);
