// Writes THIRD-PARTY-NOTICES.txt: name, licence and licence text of each package that an image has. The site and the command line of npm have one too.
// Usage: node tools/bootstrap/notices.mjs FOLDER… (each as `pnpm deploy` writes it, before files are taken out of it)
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const isText = /^(?:licen[cs]e|copying|notice)/i;

if (import.meta.main) for (const folder of process.argv.slice(2)) writeNotices(resolve(folder));

function writeNotices(folder) {
  const manifests = globSync(join(folder, 'node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json'));
  const head =
    'This image contains the following packages of others. NOTICE says more about those under the LGPL.';
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesOf(head, manifests.map(dirname)));
}

/** The notices of the packages in these folders, each once. Packages of this repository need none. */
export function noticesOf(head, folders) {
  const notices = new Set(folders.flatMap((folder) => noticeOf(folder) ?? []));
  return `${[head, ...[...notices].sort()].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The folders of the packages that these modules come from. */
export function packageFoldersOf(modules) {
  return modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []);
}

function noticeOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (name.startsWith('@gatehouse/')) return undefined;
  if (typeof license !== 'string') throw new Error(`${name} ${version} names no licence in its package.json`);
  const holder = typeof author === 'string' ? author : author?.name;
  const texts = textsOf(folder, license);
  const facts = `${name} ${version}\nLicence: ${license}${texts.length === 0 && holder ? `\nAuthor: ${holder}` : ''}`;
  return [facts, ...texts].join('\n\n');
}

function textsOf(folder, license) {
  const isLgpl = license.startsWith('LGPL-3.0');
  const files = readdirSync(folder, { withFileTypes: true })
    // libvips names the licences of its parts in its README alone, and brings no text of its own.
    .filter((entry) => entry.isFile() && (isText.test(entry.name) || (isLgpl && entry.name === 'README.md')))
    .map(({ name }) => join(folder, name));
  // Debian, on which the images are built, has the texts of the usual licences. The LGPL adds to the GPL, so both belong.
  if (isLgpl)
    files.push(
      ...['LGPL-3', 'GPL-3'].map((name) => join('/usr/share/common-licenses', name)).filter(existsSync),
    );
  return files.map((file) => readFileSync(file, 'utf8').trim());
}
