/** Writes the table of the areas of Auth API in docs/contributing/layout.md: their order from layers.json, what they own from the first lines of their READMEs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const service = 'services/auth-api';
const page = 'docs/contributing/layout.md';
const header = '\n| folder | owns |\n| --- | --- |\n';
/** Folders that are no area. */
const others = ['config'];

/** docs/contributing/layout.md, with its table of areas and their folders as it should be. */
export async function architectureFolders(root: string): Promise<string> {
  const text = readFileSync(join(root, page), 'utf8');
  const { places } = JSON.parse(readFileSync(join(root, 'tools/check/layers.json'), 'utf8'));
  const areas = (places[service].layers as string[]).filter(
    (layer) => !layer.endsWith('.ts') && !others.includes(layer),
  );
  const rows = areas.flatMap((area) => [
    `| **\`${area}\`** | ${ownedBy(root, area)} |\n`,
    ...foldersOf(root, area).map((folder) => `| \`${folder}\` | ${ownedBy(root, folder)} |\n`),
  ]);
  const start = text.indexOf(header);
  if (start < 0) throw new Error(`${page} has no table of folders`);
  const rowsFrom = start + header.length;
  const rowsTo = text.indexOf('\n\n', rowsFrom) + 1;
  return text.slice(0, rowsFrom) + rows.join('') + text.slice(rowsTo);
}

function foldersOf(root: string, area: string): string[] {
  return readdirSync(join(root, service, 'src', area), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${area}/${entry.name}`)
    .sort();
}

/** The rest of the first line of the README, after the name. */
function ownedBy(root: string, folder: string): string {
  const readme = readFileSync(join(root, service, 'src', folder, 'README.md'), 'utf8');
  const [, owned] = new RegExp(`^# ${folder.split('/').at(-1)} — (.+)\\n`).exec(readme) ?? [];
  if (owned === undefined)
    throw new Error(`the README of ${folder} must begin with "# ${folder.split('/').at(-1)} — what it owns"`);
  return owned;
}
