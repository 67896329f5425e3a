/** Writes docs/vectors anew: `node --conditions=source test/wire/write-vectors.ts`. For a deliberate change of the protocol. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { vectorFiles, vectorFolder } from './vectors.ts';

mkdirSync(vectorFolder, { recursive: true });
for (const [path, content] of vectorFiles()) writeFileSync(path, content);
