/** Reads what the removal of each guard changes: `<test>.guards.yaml`, beside the test that plays the attack. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { sourceFiles } from '../source-files.ts';
import { changeSchema } from './change.ts';

const guardSchema = z.strictObject({
  /** The behaviour of the product without the guard. */
  effect: z.string().min(1),
  /** Names of the attacks that succeed without it: the tests of these must fail. */
  shownBy: z.array(z.string().min(1)).min(1),
  changes: z.array(changeSchema).min(1),
});

export interface Guard extends z.infer<typeof guardSchema> {
  name: string;
  /** The file that it is read from, from the root. */
  path: string;
}

const ending = '.guards.yaml';

/** Sorted by name. @throws Error that names a file that cannot be read */
export function readGuards(root: string): Guard[] {
  return sourceFiles(root, /\.guards\.yaml$/)
    .flatMap((path) => guardsOf(path, readFileSync(join(root, path), 'utf8')))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function guardsOf(path: string, text: string): Guard[] {
  const { success, data, error } = z.record(z.string(), guardSchema).safeParse(parse(text));
  if (!success) throw new Error(`${path}: ${z.prettifyError(error)}`);
  return Object.entries(data).map(([name, guard]) => ({ name, path, ...guard }));
}

export const testOf = ({ path }: Guard) => path.replace(ending, '.test.ts');
