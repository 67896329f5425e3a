/** Seeds from a file, or the built-in demo estate. */
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { demoSeed } from './demo.ts';
import { type Seed, seedSchema } from './seed.ts';

/** `demo`, or the path of a JSON or YAML file. Errors: Error with a sentence that names the file and what is wrong. */
export async function loadSeed(source: string): Promise<Seed> {
  if (source === 'demo') return seedSchema.parse(demoSeed);
  const text = await readFile(source, 'utf8').catch((error: Error) => {
    throw new Error(`the seed file ${source} cannot be read: ${error.message}`);
  });
  const parsed = seedSchema.safeParse(parse(text, source));
  if (parsed.success) return parsed.data;
  throw new Error(`the seed file ${source} is not valid:\n${z.prettifyError(parsed.error)}`);
}

/** JSON is a subset of YAML, so one parser reads both. */
function parse(text: string, source: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new Error(`the seed file ${source} is neither JSON nor YAML: ${(error as Error).message}`);
  }
}
