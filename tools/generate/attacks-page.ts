/** Writes docs/security/attacks.md from the annotations of tests and the patches that remove guards. */
import { dirname } from 'node:path';
import { type Attack, readAttacks } from '../guards/attacks.ts';
import { type Patch, readPatches } from '../guards/patches.ts';

export async function attacksPage(root: string): Promise<string> {
  const attacks = readAttacks(root);
  const patches = readPatches(root);
  const places = Map.groupBy(attacks, ({ guard }) => dirname(guard));
  return `# Attack ledger

Written by \`npm run generate\` from the comments above tests (\`// attack: name | source | guard: path\`) and from \`tools/guards/patches/\`.

${attacks.length} attacks, each with a test that plays it and the file that stops it. \`npm run test:guards\` removes the guards one by one from a copy
of the sources and fails where a test does not notice. The last column names the patch with which the attack succeeds. A guard that several
attacks share may have fewer patches than attacks. How to add an attack: [testing](../testing.md#the-attack-ledger).

Sources: RFCs and OWASP ASVS 5.0 by section, published weaknesses of comparable products by CVE number, and findings of our own attack tests.
${[...places].map(([place, some]) => `\n## ${place}\n\n${tableOf(some, patches)}`).join('')}`;
}

function tableOf(attacks: readonly Attack[], patches: readonly Patch[]): string {
  const rows = attacks.map(({ name, source, guard, path, title }) => {
    const shown = patches.filter(({ shownBy }) => shownBy.includes(name)).map((patch) => patch.name);
    const cells = [name, source, `[${title}](../../${path})`, link(guard), shown.join(', ')];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `| attack | source | test | guard | removed by |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

const link = (path: string) => `[${path.split('/').at(-1)}](../../${path})`;
