/** Writes docs/contributing/attack-ledger.md from the annotations of tests and from what removes the guards. */

import { dirname } from 'node:path';
import { type Attack, readAttacks } from '../guards/attacks.ts';
import { type Guard, readGuards } from '../guards/guards.ts';
import { markdownTable } from '../markdown-table.ts';

export async function attacksPage(root: string): Promise<string> {
  const attacks = readAttacks(root);
  const guards = readGuards(root);
  const places = Map.groupBy(attacks, ({ guard }) => dirname(guard));
  return `# Attack ledger

Written by \`npm run generate\` from the comments above tests (\`// attack: name | source | guard: path\`) and from \`*.guards.yaml\` beside them.

${attacks.length} attacks, each with a test that plays it and the file that stops it. \`npm run test:guards\` removes the guards one by one from a copy
of the sources and fails where a test does not notice. The last column names what is taken away so that the attack succeeds; attacks may share it. How to add an attack: [testing](testing.md#the-attack-ledger).

Sources: RFCs and OWASP ASVS 5.0 by section, published weaknesses of comparable products by CVE number, and findings of our own attack tests.
${[...places].map(([place, some]) => `\n## ${place}\n\n${tableOf(some, guards)}`).join('')}`;
}

function tableOf(attacks: readonly Attack[], guards: readonly Guard[]): string {
  const rows = attacks.map(({ name, source, guard, path, title }) => {
    const shown = guards.filter(({ shownBy }) => shownBy.includes(name)).map((guard) => guard.name);
    return [name, source, `[${title}](../../${path})`, link(guard), shown.join(', ')];
  });
  return `${markdownTable(['attack', 'source', 'test', 'guard', 'removed by'], rows)}\n`;
}

const link = (path: string) => `[${path.split('/').at(-1)}](../../${path})`;
