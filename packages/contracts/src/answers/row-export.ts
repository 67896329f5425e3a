/** Describes answers that are a long list as text: one JSON object per line, or CSV. */
import { z } from 'zod';

export const rowFormats = ['ndjson', 'csv'] as const;

export type RowFormat = (typeof rowFormats)[number];

/** More is asked for in a further request, from where this one ended. */
export const maxExportedRows = 1_000_000;

export const rowExportFields = {
  format: z
    .enum(rowFormats)
    .default('ndjson')
    .describe('One JSON object per line, or CSV (RFC 4180) with the names of the columns first.'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxExportedRows)
    .default(maxExportedRows)
    .describe('Most rows of the answer.'),
};

export const rowExportAnswer = z
  .string()
  .describe('As `format` says, `application/x-ndjson` or `text/csv`, newest first. Empty: there is nothing.');
