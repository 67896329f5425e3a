/** `npm run release:surface`: writes down what this version promises. Part of every release, and never written again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { releasedFolder } from './check.ts';
import { surfaceOf } from './surface.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const surface = surfaceOf(root);
const file = join(releasedFolder, `${surface.version}.json`);
writeFileSync(join(root, file), `${JSON.stringify(surface, null, 2)}\n`, { flag: 'wx' });
console.log(`Written: ${file}`);
