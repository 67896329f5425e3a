/** Writes the table of the folders of Auth API in docs/explain/architecture.md: their order from layers.json, what they own from the first lines of their READMEs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const service = 'services/auth-api';
const page = 'docs/explain/architecture.md';
const header = '\n| folder | owns |\n| --- | --- |\n';
/** Folders that are no domain. */
const others = ['config'];

/** docs/explain/architecture.md, with its table of folders as it should be. */
export async function architectureFolders(root: string): Promise<string> {
  const text = readFileSync(join(root, page), 'utf8');
  const { places } = JSON.parse(readFileSync(join(root, 'tools/check/layers.json'), 'utf8'));
  const folders = (places[service].layers as string[]).filter(
    (layer) => !layer.endsWith('.ts') && !others.includes(layer),
  );
  const rows = folders.map((folder) => {
    const readme = readFileSync(join(root, service, 'src', folder, 'README.md'), 'utf8');
    return `| \`${folder}\` | ${ownedBy(folder, readme)} |\n`;
  });
  const start = text.indexOf(header);
  if (start < 0) throw new Error(`${page} has no table of folders`);
  const rowsFrom = start + header.length;
  const rowsTo = text.indexOf('\n\n', rowsFrom) + 1;
  return text.slice(0, rowsFrom) + rows.join('') + text.slice(rowsTo);
}

/** What the first line of the README says after the name. */
function ownedBy(folder: string, readme: string): string {
  const [, owned] = new RegExp(`^# ${folder} — (.+)\\n`).exec(readme) ?? [];
  if (owned === undefined)
    throw new Error(`the README of ${folder} must begin with "# ${folder} — what it owns"`);
  return owned;
}
