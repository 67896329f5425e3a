/** Packs the command line for npm: one file with everything that it uses, and no package of the workspace. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { noticesOf, packageFoldersOf } from '../bootstrap/notices.mjs';
import { provenance } from '../images/build.ts';
import { root } from '../images/podman.ts';
import { run } from '../programs/execute.ts';
import { version } from './release.ts';

const source = join(root, 'packages/cli');

/** The first version that publishes by the identity of a workflow, without a token. */
const publishingNpm = 'npm@11.6.2';

/** Path of the archive. */
export async function packCli(folder: string): Promise<string> {
  const place = join(folder, 'cli');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'dist'), { recursive: true });
  await bundle(place);
  for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(root, file), join(place, file));
  copyFileSync(join(source, 'README.md'), join(place, 'README.md'));
  writeFileSync(join(place, 'package.json'), JSON.stringify(await manifest(), null, 2));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: place });
  return join(folder, `gatehouse-cli-${version}.tgz`);
}

async function bundle(place: string): Promise<void> {
  const bundled = await rolldown({
    input: join(source, 'src/main.ts'),
    platform: 'node',
    resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
  });
  const file = join(place, 'dist/main.js');
  const { output } = await bundled.write({ file, format: 'esm', codeSplitting: false, comments: false });
  const modules = output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  const text = noticesOf('dist/main.js contains code of the following packages.', packageFoldersOf(modules));
  writeFileSync(join(place, 'THIRD-PARTY-NOTICES.txt'), text);
}

/** npm compares the repository with the one whose workflow publishes. */
async function manifest() {
  const { name, description, license, type, engines, bin } = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  );
  const { SOURCE } = await provenance(root);
  const repository = { type: 'git', url: SOURCE, directory: 'packages/cli' };
  const files = ['dist', 'LICENSE', 'NOTICE', 'THIRD-PARTY-NOTICES.txt'];
  return { name, version, description, license, type, engines, bin, files, repository };
}

/** Installs the archive into an empty folder, without asking any registry, and runs it. @throws Error that says what is wrong */
export async function tryCli(archive: string, folder: string): Promise<string> {
  const place = join(folder, 'empty');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], { cwd: place });
  const program = join(place, 'node_modules/.bin/gatehouse');
  const said = (await run(program, ['--version'])).trim();
  if (said !== version) throw new Error(`gatehouse --version says ${said} in place of ${version}`);
  const help = await run(program, ['--help']);
  if (!help.includes('Usage: gatehouse')) throw new Error(`gatehouse --help says ${help.slice(0, 200)}`);
  const packages =
    (await run('npm', ['ls', '--all', '--parseable'], { cwd: place })).trim().split('\n').length - 1;
  if (packages !== 1) throw new Error(`${packages} packages are installed in place of one`);
  return 'one package in an empty folder; --version, --help';
}

export async function publishCli(archive: string): Promise<string> {
  const publish = ['npm', 'publish', archive, '--provenance', '--access', 'public'];
  return await run('npm', ['exec', '--yes', `--package=${publishingNpm}`, '--', ...publish]);
}
