/** `npm run generate`: writes every generated file of the repository. */
import { fileURLToPath } from 'node:url';
import { writeGeneratedFiles } from './files.ts';

const changed = await writeGeneratedFiles(fileURLToPath(new URL('../..', import.meta.url)));
console.log(changed.length === 0 ? 'Every generated file is up to date.' : `Written: ${changed.join(', ')}`);
