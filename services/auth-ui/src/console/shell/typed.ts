/** Reads what people typed into forms and addresses. */
import { z } from 'zod';

/** A line of text; without a field it is empty. */
export const typedText = (maxLength: number) => z.string().trim().max(maxLength).default('');

/** The version that the person has seen travels in the form, and becomes a header. */
export const tagField = {
  ifMatch: z
    .string()
    .max(128)
    .regex(/^[\x20-\x7e]*$/)
    .default(''),
};

/** One value in each line. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Leaves a text that is no number as it is, so that the API says beside the field what is wrong. */
export function numberOf(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}
