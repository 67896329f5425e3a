/**
 * Reads YAML in a worker thread: a large document takes seconds, and one whose aliases refer to each other can expand without
 * end. Imports no other source file, so that it also runs uncompiled.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';

/** The value as JSON text, or the problem. */
export type ReadYaml = { json: string } | { problem: string };

function read(text: string): ReadYaml {
  try {
    const value = load(text, { schema: CORE_SCHEMA });
    if (hasMoreNodes(value, text.length)) return { problem: 'it repeats parts of itself too often' };
    return { json: JSON.stringify(value ?? null) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The whole message would quote the lines around the place, which may contain a secret.
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    return { problem: `${error.reason} (line ${line + 1}, column ${column + 1})` };
  }
}

/** A node takes at least one character, so more nodes than characters means that aliases expand the document. */
function hasMoreNodes(value: unknown, max: number): boolean {
  const waiting: unknown[] = [value];
  let seen = 0;
  while (waiting.length > 0) {
    const node = waiting.pop();
    seen += 1;
    if (seen > max) return true;
    if (typeof node === 'object' && node !== null) for (const part of Object.values(node)) waiting.push(part);
  }
  return false;
}

parentPort?.postMessage(read(workerData as string));
