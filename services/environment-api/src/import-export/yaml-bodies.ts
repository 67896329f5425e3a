/** Reads and writes YAML beside JSON. */
import { Worker } from 'node:worker_threads';
import { badRequest } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { CORE_SCHEMA, dump } from 'js-yaml';
import type { ReadYaml } from './yaml-worker.ts';

const mediaTypes = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
/** The worker has the file extension of this module, compiled or not. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? './yaml-worker.ts' : './yaml-worker.js',
  import.meta.url,
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

/** @throws AppError 400 */
async function readYaml(text: string): Promise<unknown> {
  // Half of what is left to this process in its container: the other half is for the document that the worker gives back.
  const memoryMiB = Math.min(maxMemoryMiB, Math.floor(process.availableMemory() / 2 / 1024 ** 2));
  const worker = new Worker(workerUrl, {
    workerData: text,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memoryMiB, maxYoungGenerationSizeMb: 16 },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const read = await new Promise<ReadYaml>((resolve) => {
      const giveUp = () =>
        resolve({
          problem: `it takes more than ${memoryMiB} MiB or ${maxReadingMs / 1000} s to read: send JSON`,
        });
      timer = setTimeout(giveUp, maxReadingMs);
      worker.once('message', resolve);
      // The limit on its memory ends the worker and not the process.
      worker.once('error', giveUp);
    });
    if ('problem' in read) throw badRequest(`The body is not valid YAML: ${read.problem}`, { field: 'body' });
    return JSON.parse(read.json);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
