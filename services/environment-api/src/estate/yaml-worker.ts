/**
 * Reads YAML on a thread of its own: a whole estate takes seconds, and a document that names parts of itself again and again
 * grows without end. Imports nothing of ours, so that it runs as it is.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';

/** As JSON text, or what is wrong with it. */
export type ReadYaml = { json: string } | { problem: string };

function read(text: string): ReadYaml {
  try {
    const value = load(text, { schema: CORE_SCHEMA });
    if (hasMoreNodes(value, text.length)) return { problem: 'it repeats parts of itself too often' };
    return { json: JSON.stringify(value ?? null) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // Not its whole message: that quotes the lines around the place, in which there may be a secret.
    const { line, column } = error.mark ?? { line: 0, column: 0 };
    return { problem: `${error.reason} (line ${line + 1}, column ${column + 1})` };
  }
}

/** Written out, a node takes a character at least: what has more of them names itself again and again. */
function hasMoreNodes(value: unknown, most: number): boolean {
  const waiting: unknown[] = [value];
  let seen = 0;
  while (waiting.length > 0) {
    const node = waiting.pop();
    seen += 1;
    if (seen > most) return true;
    if (typeof node === 'object' && node !== null) for (const part of Object.values(node)) waiting.push(part);
  }
  return false;
}

parentPort?.postMessage(read(workerData as string));
