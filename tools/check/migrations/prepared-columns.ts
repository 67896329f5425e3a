/**
 * Finds named statements that read `*` of a table. A connection keeps their plan, and PostgreSQL refuses it once a migration has
 * added a column ("cached plan must not change result type"): each connection of the release before would fail once.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../../source-files.ts';

const named = /name: ([^,]+),\s*text:\s*(['`])([\s\S]*?)\2/g;
// Of a function or of a query within the statement it is not the columns of a table.
const star = /(?:SELECT|DISTINCT|RETURNING|,) (?:\w+\.)?\*(?! FROM (?:unnest|ROWS FROM))/;

export function starsInNamedStatements(root: string): string[] {
  return sourceFiles(root, /^(?:services|packages)\/[^/]+\/src\/.*\.ts$/).flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(named)]
      .filter(([, , , text = '']) => star.test(text))
      .map(([, name]) => `${path}: the statement ${name} reads *, where it must name its columns`),
  );
}
