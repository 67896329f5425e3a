/** Seeds from a file, or the built-in demo estate. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Logger, silentLogger } from '@gatehouse/config-server-client/log';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parseConfData } from './conf-data.ts';
import { demoSeed } from './demo.ts';
import { textOf } from './file-text.ts';
import { type Seed, seedSchema } from './seed.ts';

/** A seed file may name an export, to which it adds passwords, a service account and whatever else is missing. */
const seedFileSchema = seedSchema.extend({ confData: z.string().optional() });

/**
 * `demo`, or the path of a JSON or YAML file, or of a `<ConfData>` export in XML. Errors: Error with a sentence that
 * names the file and what is wrong.
 */
export async function loadSeed(source: string, log: Logger = silentLogger): Promise<Seed> {
  if (source === 'demo') return seedSchema.parse(demoSeed);
  if (source.endsWith('.xml')) return seedSchema.parse({ objects: await loadConfData(source, log) });
  const parsed = seedFileSchema.safeParse(await parseFile(source, parseYaml));
  if (!parsed.success)
    throw new Error(`the seed file ${source} is not valid:\n${z.prettifyError(parsed.error)}`);
  const { confData, ...seed } = parsed.data;
  if (confData === undefined) return seed;
  const imported = await loadConfData(resolve(dirname(source), confData), log);
  return { ...seed, objects: [...imported, ...seed.objects] };
}

async function loadConfData(file: string, log: Logger): Promise<Seed['objects']> {
  const { objects, skipped } = await parseFile(file, parseConfData);
  if (skipped.length > 0)
    log.info(
      { file, kept: objects.length, types: skipped },
      'objects of types that are not kept are left out',
    );
  return objects;
}

/** JSON is a subset of YAML, so one parser reads both. */
async function parseFile<T>(path: string, parse: (text: string) => T): Promise<T> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new Error(`the seed file ${path} cannot be read: ${error.message}`);
  });
  try {
    return parse(textOf(bytes));
  } catch (error) {
    throw new Error(`the seed file ${path} cannot be understood: ${(error as Error).message}`);
  }
}
