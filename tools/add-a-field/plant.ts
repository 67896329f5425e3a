/** Reads what is planted in a copy of the sources: changes of files, and files that are new. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { changedTexts, changeSchema } from '../guards/change.ts';

const plantSchema = z.strictObject({
  changes: z.array(changeSchema),
  files: z.record(z.string(), z.string()).default({}),
});

/** The files with their texts afterwards, from the root. @throws Error where a change does not fit the sources */
export function plantedTexts(root: string, name: 'field' | 'column'): Map<string, string> {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const { changes, files } = plantSchema.parse(parse(read(`tools/add-a-field/${name}.yaml`)));
  return new Map([...changedTexts(changes, read), ...Object.entries(files)]);
}
