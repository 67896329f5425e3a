/** Reads the attacks that tests are annotated with: `// attack: name | source | guard: path`, directly above the test. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

export interface Attack {
  name: string;
  /** The norm, the published weakness or the finding that it is taken from. */
  source: string;
  /** The file that stops it, from the root. */
  guard: string;
  /** The file of the test, from the root. */
  path: string;
  title: string;
}

const beginning = /^\s*\/\/ attack:/;
const annotation = /^\s*\/\/ attack: (?<name>[^|]+) \| (?<source>[^|]+) \| guard: (?<guard>\S+)$/;
const plainTest = /^\s*(?:it|test)(?:\.\w+)*\(\s*(['"`])(?<title>.*?[^\\])\1/s;
/** The table of `it.each` ends where its title begins. */
const tableTest = /^\s*(?:it|test)(?:\.\w+)*\.each\b.*?\)\(\s*(['"`])(?<title>.*?[^\\])\1/s;
/** Above one row of a table: the title comes behind the last row. */
const rowOfTable = /^\s*[[{'"].*?\n\s*\]\)\(\s*(['"`])(?<title>.*?[^\\])\1/s;

/** Sorted by guard and name. @throws Error that names the line of an annotation that cannot be read */
export function readAttacks(root: string): Attack[] {
  return sourceFiles(root, /^(?!node_modules).*\/test\/.*\.test\.ts$/)
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => attacksOf(path, readFileSync(join(root, path), 'utf8')))
    .sort((a, b) => compare(a.guard, b.guard) || compare(a.name, b.name));
}

export function attacksOf(path: string, text: string): Attack[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (!beginning.test(line)) return [];
    const { name, source, guard } = annotation.exec(line)?.groups ?? {};
    const test = lines.findIndex((other, at) => at > index && !beginning.test(other));
    const rest = lines.slice(test).join('\n');
    const own = untilNextTest(rest);
    const { title } = (tableTest.exec(own) ?? plainTest.exec(own) ?? rowOfTable.exec(own))?.groups ?? {};
    if (!name || !source || !guard || !title) {
      throw new Error(
        `${path}:${index + 1} must be "// attack: name | source | guard: path", above a test or a row of its table`,
      );
    }
    return [{ name, source, guard, path, title: title.replaceAll('\\', '') }];
  });
}

/** A title further down belongs to another test. */
function untilNextTest(text: string): string {
  const next = text.search(/(?<=\n)\s*(?:it|test|describe)\b/);
  return next === -1 ? text : text.slice(0, next);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
