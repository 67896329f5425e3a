/** Reads and writes YAML beside JSON. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { badRequest, unavailable } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { CORE_SCHEMA, dump } from 'js-yaml';
import type { ReadYaml } from './yaml-reader.ts';

const mediaTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
/** The program has the file extension of this module, compiled or not. */
const readerPath = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './yaml-reader.ts' : './yaml-reader.js', import.meta.url),
);
/** Twenty times the largest accepted body, whose need is less. */
const maxMemoryMiB = 1280;
const maxReadingMs = 120_000;

/** The scope reads YAML bodies as if they were JSON. */
export function acceptYaml(app: App): void {
  app.addContentTypeParser(mediaTypes, { parseAs: 'string' }, (_request: unknown, body: string) =>
    readYaml(body),
  );
}

export function wantsYaml(accept: string | undefined): boolean {
  return accept !== undefined && /\byaml\b|\bx-yaml\b/i.test(accept);
}

/** An id, or a text that no reader of YAML takes for anything else, nor for more than one text. */
const plainText = /^(?:[A-Za-z/]|[\da-f]{8}-)[\w./-]*(?: [\w./-]+)*$/;
const otherThanText = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/**
 * Writes YAML as `dump` does. The library looks at every character of every text in several ways. For 10 000 contact centres with 50
 * settings each that takes five seconds, so the library writes only the texts that are not plain. All names are our own, and plain.
 */
export function yamlOf(value: unknown, indent = ''): string {
  if (!isFilled(value)) return scalarOf(value, indent);
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return value
      .map((entry) =>
        isFilled(entry)
          ? `${indent}- ${yamlOf(entry, inner).slice(inner.length)}`
          : `${indent}- ${scalarOf(entry, indent)}`,
      )
      .join('');
  let text = '';
  for (const [name, entry] of Object.entries(value))
    text += isFilled(entry)
      ? `${indent}${name}:\n${yamlOf(entry, inner)}`
      : `${indent}${name}: ${scalarOf(entry, indent)}`;
  return text;
}

function isFilled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Writes the text after `- ` or `name: `, up to the end of its last line. */
function scalarOf(value: unknown, indent: string): string {
  if (typeof value === 'boolean') return `${value}\n`;
  if (Array.isArray(value)) return '[]\n';
  if (typeof value === 'string' && plainText.test(value) && !otherThanText.test(value)) return `${value}\n`;
  const text = dump({ text: value, end: null }, { schema: CORE_SCHEMA, lineWidth: -1, noRefs: true });
  // Further lines of a text stand two columns right of its name.
  return text.slice('text: '.length, -'end: null\n'.length).replace(/\n(?=[^\n])/g, `\n${indent}`);
}

/** @throws AppError 400, 503 */
async function readYaml(text: string): Promise<unknown> {
  // Half of what is left to this container: the other half is for the document that the program gives back.
  const memoryMiB = Math.min(maxMemoryMiB, Math.floor(process.availableMemory() / 2 / 1024 ** 2));
  const output = await runReader(text, memoryMiB);
  if (output === undefined) {
    throw invalid(`it takes more than ${memoryMiB} MiB or ${maxReadingMs / 1000} s to read: send JSON`);
  }
  const read: ReadYaml = JSON.parse(output);
  if ('problem' in read) throw invalid(read.problem);
  return read.value;
}

/** Returns the output of the reader. Undefined: the reader ended before it was done. The environment of this process holds secrets: it gets none. */
async function runReader(text: string, memoryMiB: number): Promise<string | undefined> {
  try {
    const reader = spawn(process.execPath, [`--max-old-space-size=${memoryMiB}`, readerPath], {
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: maxReadingMs,
      killSignal: 'SIGKILL',
    });
    // It may end before it has read everything.
    reader.stdin.on('error', () => {}).end(text);
    const [output, [exitCode]] = await Promise.all([textOf(reader.stdout), once(reader, 'close')]);
    return exitCode === 0 ? output : undefined;
  } catch (cause) {
    throw unavailable('A process to read YAML in', { cause });
  }
}

function invalid(problem: string) {
  return badRequest(`The body is not valid YAML: ${problem}`, { field: 'body' });
}
