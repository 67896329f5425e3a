/** Writes SQL conditions that find a part of a text by an index, without an extension of PostgreSQL, which an operator's role may not install. */

/**
 * A GIN index over the first line serves it: `USING gin (<schema>.text_parts(<text> COLLATE "C", 1))`. The index finds texts that hold all
 * parts of three characters; whether these stand together is seen in the text.
 */
export function holdsText(schema: string, text: string, part: string): string {
  return `(${schema}.text_parts(${text} COLLATE "C", 1) @> ${schema}.text_parts(${part}, least(length(${part}), 3))
    AND position(${part} IN ${text}) > 0)`;
}
