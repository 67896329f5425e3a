/** Reads and writes YAML beside JSON. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { badRequest, unavailable } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
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

export function yamlOf(value: unknown): string {
  return dump(value, { schema: CORE_SCHEMA, lineWidth: -1, noRefs: true });
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

/** What it prints; undefined when it ended before it was done. The environment of this process holds secrets: it gets none. */
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
