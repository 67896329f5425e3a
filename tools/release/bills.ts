/** `npm run sbom [folder]`: writes what each image contains (CycloneDX) and under which licences; fails for a licence that is not accepted. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(root, process.argv[2] ?? '.gatehouse/release');
/** One for each image of docker/Dockerfile. */
const programs = ['auth-api', 'auth-ui', 'environment-api', 'config-server-simulator', 'cli'];
/** They permit use and redistribution with a notice. Of a choice (`A OR B`) one is enough. */
const accepted = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  // libvips alone: a shared library that can be replaced (NOTICE).
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'PSF-2.0',
];

const filters = programs.flatMap((program) => ['--filter', `@gatehouse/${program}`]);

mkdirSync(folder, { recursive: true });
const bill = ['sbom', '--prod', '--split', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
pnpm(...filters, ...bill, '--out', join(folder, '%s.cdx.json'));
const licences = JSON.parse(pnpm(...filters, 'licenses', 'list', '--prod', '--json')) as Record<
  string,
  { name: string; versions: string[] }[]
>;
const lines = Object.entries(licences).flatMap(([licence, packages]) =>
  packages.map(({ name, versions }) => ({ licence, text: `${name} ${versions.join(', ')}: ${licence}` })),
);
writeFileSync(
  join(folder, 'licences.txt'),
  `${lines
    .map(({ text }) => text)
    .sort()
    .join('\n')}\n`,
);
const refused = lines.filter(
  ({ licence }) =>
    !licence
      .replace(/[()]/g, '')
      .split(' OR ')
      .some((one) => accepted.includes(one)),
);
for (const { text } of refused) console.error(`This licence is not accepted: ${text}`);
console.log(`${programs.length} component lists and ${lines.length} licences are in ${folder}`);
process.exitCode = refused.length === 0 ? 0 : 1;

function pnpm(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('pnpm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`pnpm ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
