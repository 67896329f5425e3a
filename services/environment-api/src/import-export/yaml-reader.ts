/**
 * Reads YAML from standard input, as a program of its own: a large document takes seconds and more memory than it is long, and
 * what outgrows its memory ends. Imports no other source file, so that it also runs uncompiled.
 */
import { text as textOf } from 'node:stream/consumers';
import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';

export type ReadYaml = { value: unknown } | { problem: string };

/** The number of characters that aliases may add to a document: enough to name a certificate once for hundreds of servers. */
const maxRepeatedLength = 1024 * 1024;

/** A `ReadYaml` as JSON. */
function read(text: string): string {
  try {
    const value = load(text, { schema: CORE_SCHEMA });
    if (isLongerThan(text.length + maxRepeatedLength, value)) {
      return problem('its aliases repeat too much of it: write the parts out, or send JSON');
    }
    return JSON.stringify({ value: value ?? null });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The whole message would quote the lines around the place, which may contain a secret.
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    return problem(`${error.reason} (line ${line + 1}, column ${column + 1})`);
  }
}

function problem(text: string): string {
  return JSON.stringify({ problem: text });
}

/**
 * Counts the characters of the document with its aliases written out: without aliases a text takes as many as it has, and any
 * other node one at least.
 */
function isLongerThan(max: number, value: unknown): boolean {
  const waiting: unknown[] = [value];
  let length = 0;
  while (waiting.length > 0) {
    const node = waiting.pop();
    length += typeof node === 'string' ? node.length : 1;
    if (length > max) return true;
    if (Array.isArray(node)) {
      for (const part of node) waiting.push(part);
    } else if (typeof node === 'object' && node !== null) {
      for (const [name, part] of Object.entries(node)) {
        length += name.length;
        waiting.push(part);
      }
    }
  }
  return false;
}

process.stdout.write(read(await textOf(process.stdin)));
