/** Checks text fields of request bodies, and the frame `{"data":{…}}` that every body of the v3 API has. */
import { z } from 'zod';

// Names and addresses end in logs, headers and other programs' files: control characters have no place there.
const controlCharacters = /\p{Cc}/u;
const nul = String.fromCharCode(0);
// Half a surrogate pair has no UTF-8 form, so it could not be stored as it was sent.
const halfCharacter = 'must not hold half a Unicode character (an unpaired surrogate)';

/** A name or an address: 1–255 characters on one line. */
export function label() {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(255, 'is longer than 255 characters')
    .refine((text) => !controlCharacters.test(text), 'must not hold control characters')
    .refine((text) => text.isWellFormed(), halfCharacter);
}

/** Free text, which may have several lines. PostgreSQL stores any character but NUL. */
export function freeText(maxLength: number) {
  return z
    .string()
    .max(maxLength, `is longer than ${maxLength} characters`)
    .refine((text) => !text.includes(nul), 'must not hold a NUL character')
    .refine((text) => text.isWellFormed(), halfCharacter);
}

/** `{"data":{…},"operationId"?}`. Unknown fields are ignored. */
export function wrapped<T extends z.ZodType>(data: T) {
  return z.object(
    {
      data,
      operationId: label()
        .optional()
        .describe("The caller's own name of this operation, kept in the audit trail."),
    },
    { error: 'must be a JSON object with the fields inside "data": {"data":{…}}' },
  );
}
