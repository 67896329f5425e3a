/** Bodies of `/cors`. */
import { z } from 'zod';
import { idSchema } from '../fields/id.ts';
import { freeText, label } from '../fields/text.ts';
import { wrapped } from '../fields/wrapped.ts';

const originField = freeText(1024).describe('Scheme, host and port, such as https://desktop.example.com.');

export const corsBody = wrapped(z.object({ contactCenterId: idSchema, origin: originField }));

/** In the query or, as some callers do it, in the body. */
export const removeCorsQuery = z.object({
  contactCenterId: idSchema.optional(),
  origin: originField.optional(),
});
export const removeCorsBody = z
  .object({
    data: z.object({ contactCenterId: idSchema.optional(), origin: originField.optional() }).nullish(),
    operationId: label().optional(),
  })
  .nullish();

export const corsQuery = z.object({
  contactCenterId: idSchema.optional().describe('Only those of this one.'),
});
