/** Writes SQL conditions that find a part of a text by an index, without an extension of PostgreSQL, which an operator's role may not install. */

/**
 * A GIN index serves its first condition: `USING gin (<schema>.text_parts(<text> COLLATE "C"))`. It finds the texts that have all parts of
 * three characters; whether these stand together is seen in the text. A part of one or two characters has none: most texts have it, and
 * they are read in order.
 */
export function holdsText(schema: string, text: string, part: string): string {
  return `(${schema}.text_parts(${text} COLLATE "C") @> ${schema}.text_parts(${part}) AND position(${part} IN ${text}) > 0)`;
}
