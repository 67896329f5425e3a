/** Writes SQL conditions that find a part of a text by an index, without an extension of PostgreSQL, which an operator's role may not install. */

/**
 * A GIN index serves its first condition: `USING gin (<schema>.text_parts(<text> COLLATE "C"))`. It finds the texts that have some parts
 * of three characters, which together are all that is sought; whether these stand together is seen in the text. One or two characters
 * have no part: most texts have them, and they are read in order. `part` is the SQL expression whose value is `sought`, perhaps lowered.
 */
export function holdsText(schema: string, text: string, part: string, sought: string): string {
  const parts = startsOf([...sought].length).map((start) => `substr(${part}, ${start}, ${partLength})`);
  return `(${schema}.text_parts(${text} COLLATE "C") @> ARRAY[${parts}]::text[] AND position(${part} IN ${text}) > 0)`;
}

const partLength = 3;

/** Every third part and the last one: each further one is another list of the index to read, and tells little. */
function startsOf(length: number): number[] {
  const last = length - partLength + 1;
  const starts = [];
  for (let start = 1; start < last; start += partLength) starts.push(start);
  return last < 1 ? [] : [...starts, last];
}
