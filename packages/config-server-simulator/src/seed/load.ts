/** Loads a seed from a file, or the built-in demo. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TextDecoder } from 'node:util';
import { type Logger, silentLogger } from '@gatehouse/config-server-client/surroundings';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { parseConfData } from './conf-data.ts';
import { demoSeed } from './demo.ts';
import { type Seed, seedSchema } from './seed.ts';

const byteOrderMarks: [mark: string, encoding: string][] = [
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];
const declaration = /^<\?xml\s[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/;
const maxDeclarationBytes = 200;

/** A seed file may name an export, and adds passwords and objects to it. */
const seedFileSchema = seedSchema.extend({ confData: z.string().optional() });

/**
 * `source`: `demo`, or the path of a JSON or YAML file, or of a `<ConfData>` export in XML.
 * @throws Error with a sentence that names the file and what is wrong
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

/** Decodes by the byte order mark, else the XML declaration, else as UTF-8. @throws SyntaxError with a sentence */
function textOf(bytes: Buffer): string {
  const encoding = markedEncoding(bytes) ?? declaredEncoding(bytes) ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new SyntaxError(`the encoding ${encoding} is not known`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SyntaxError(`it is not in the encoding ${encoding}`);
  }
}

function markedEncoding(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 3).toString('hex');
  return byteOrderMarks.find(([mark]) => start.startsWith(mark))?.[1];
}

function declaredEncoding(bytes: Buffer): string | undefined {
  return declaration.exec(bytes.subarray(0, maxDeclarationBytes).toString('latin1'))?.[1];
}
