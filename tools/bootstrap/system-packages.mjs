// Programs that no npm package ships: a Redis server, Chromium for the end-to-end tests, Prometheus for the alert rules,
// identity providers for single sign-on, a syslog receiver, LDAP servers, PostgreSQL with its programs for backups, a proxy, Java.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { PlainError } from './progress.mjs';
import { run } from './run.mjs';

/** Nothing to do when a server is on the PATH or an address of one was given. */
export async function provideRedis(args, progress) {
  const address = args.some((argument) => argument === '--redis' || argument.startsWith('--redis='));
  if (address || args.includes('--help') || process.env.REDIS_URL) return;
  if (onPath('redis-server') || onPath('valkey-server')) return;
  if (!canInstall())
    throw new PlainError(
      'No redis-server or valkey-server on the PATH: install one (for example "sudo apt-get install redis-server" ' +
        'or "brew install redis"), or set REDIS_URL to a server that runs already.',
    );
  await install(['redis-server'], 'Redis (Debian package redis-server)', progress);
  if (!onPath('redis-server'))
    throw new PlainError('The package redis-server brought no redis-server onto the PATH.');
}

/** The fonts of many desks, wider than those of a bare server: a word that breaks in one of them breaks in a test. */
const fonts = ['fonts-liberation', 'fonts-noto-core', 'fonts-dejavu'];

/** Without a browser the end-to-end tests are skipped by name, the rest runs. */
export async function provideChromium(progress) {
  if (canInstall() && !(await areInstalled(fonts)))
    await install(fonts, 'Fonts (Debian packages)', progress).catch((error) => {
      progress.note(`The fonts could not be installed (${error.message.split('\n', 1)[0]}).`);
    });
  await provideBrowser(progress);
}

async function provideBrowser(progress) {
  const shell = 'chromium-headless-shell';
  if (process.env.CHROMIUM_PATH || onPath(shell)) return;
  const hasBrowser = chromiumNames.some(onPath);
  if (!canInstall()) {
    if (hasBrowser) return;
    progress.note(
      'No Chromium on the PATH: tests in a browser are skipped. Install it or set CHROMIUM_PATH to run them.',
    );
    return;
  }
  // The same browser without windows: a page takes it a third of the CPU time. Some distributions have the whole one alone.
  await install([shell], `Chromium (Debian package ${shell})`, progress).catch(async (error) => {
    if (hasBrowser) return;
    progress.note(`${shell} could not be installed (${error.message.split('\n', 1)[0]}).`);
    await install(['chromium'], 'Chromium (Debian package chromium)', progress);
  });
}

/** Without it the rules and dashboards are not tried, and the suites that do so are skipped by name. */
export async function providePrometheus(progress) {
  if (onPath('promtool') && onPath('prometheus')) return;
  if (canInstall()) await install(['prometheus'], 'Prometheus (Debian package prometheus)', progress);
  else progress.note('No prometheus and promtool on the PATH: the suites of the alert rules are skipped.');
}

/** Without it the suite of the printed backup is skipped by name. The PostgreSQL of npm has no pg_dump. */
export async function providePostgres(progress) {
  if (await areInstalled(['postgresql'])) return;
  if (canInstall()) await install(['postgresql'], 'PostgreSQL (Debian package postgresql)', progress);
  else progress.note('No Debian package of PostgreSQL: the suite of the printed backup is skipped.');
}

/** Without it the suite of the second destination of audit events is skipped by name. */
export async function provideSyslog(progress) {
  const packages = ['rsyslog', 'rsyslog-gnutls'];
  if (await areInstalled(packages)) return;
  if (canInstall()) await install(packages, 'rsyslog (Debian packages rsyslog, rsyslog-gnutls)', progress);
  else progress.note('No Debian packages of rsyslog with TLS: the suite with it is skipped.');
}

/** Without it the suite of the reverse proxy is skipped by name. */
export async function provideNginx(progress) {
  if (onPath('nginx')) return;
  if (canInstall()) await install(['nginx'], 'nginx (Debian package nginx)', progress);
  else progress.note('No nginx on the PATH: its suite is skipped.');
}

/** Without them the suites of programs in Java, and of generators that are written in it, are skipped by name. */
export async function provideJava(progress) {
  if (onPath('javac') && onPath('mvn')) return;
  const packages = ['default-jdk-headless', 'maven'];
  if (canInstall()) await install(packages, 'Java (Debian packages default-jdk-headless, maven)', progress);
  else progress.note('No javac and mvn on the PATH: the suites that need Java are skipped.');
}

/** Without it the suites with a real LDAP directory are skipped by name. */
export async function provideLdap(progress) {
  if (onPath('slapd') || existsSync('/usr/sbin/slapd')) return;
  if (!canInstall()) {
    progress.note('No slapd: the suites with a real LDAP directory are skipped. Install it to run them.');
    return;
  }
  // Without a database of its own the package starts no server.
  await run('sh', ['-c', "echo 'slapd slapd/no_configuration boolean true' | debconf-set-selections"]);
  await install(['slapd', 'ldap-utils'], 'OpenLDAP (Debian packages slapd, ldap-utils)', progress);
}

/** Without it the suites with that server are skipped by name. The package starts no server. */
export async function provideDirectoryServer389(progress) {
  const packages = ['389-ds-base', 'libnss3-tools', 'openssl', 'ldap-utils'];
  if (await areInstalled(packages)) return;
  if (canInstall()) await install(packages, '389 Directory Server (Debian package 389-ds-base)', progress);
  else progress.note('No Debian package of 389 Directory Server: the suites with it are skipped.');
}

/** Without it the part of `test:directory` with that server is skipped by name. */
export async function provideSamba(progress) {
  const packages = ['samba-ad-dc', 'samba-ad-provision', 'samba-dsdb-modules', 'ldap-utils'];
  if (await areInstalled(packages)) return;
  if (canInstall()) await install(packages, `Samba AD DC (Debian packages ${packages.join(', ')})`, progress);
  else progress.note('No Debian packages of Samba AD DC: the part of the run with it is skipped.');
}

/** Without them the suites with identity providers of others are skipped by name. */
export async function provideIdentityProviders(progress) {
  const missing = [];
  for (const one of identityProviders) if (!(await areInstalled(one.packages))) missing.push(one);
  for (const { title, packages } of missing) {
    if (canInstall()) await install(packages, `${title} (Debian packages)`, progress);
    else progress.note(`No Debian packages of ${title}: the suite with it is skipped.`);
  }
}

/** Without them the command that needs a cluster says which programs it lacks. */
export async function provideClusterPrograms(progress) {
  const packages = [
    'buildah',
    'conntrack',
    'containerd',
    'containernetworking-plugins',
    'curl',
    'debootstrap',
    'ipset',
    'iptables',
    'jq',
    'nftables',
    'openssl',
    'podman',
    'runc',
  ];
  if ((await areInstalled(packages)) || !canInstall()) return;
  await install(packages, 'containerd, Podman and what a node needs (Debian packages)', progress);
}

/** A machine may have them from packages of its own, which those of Debian would replace. debootstrap checks Debian's signature by the keys. */
export async function provideImagePrograms(progress) {
  const keys = 'debian-archive-keyring';
  const missing = ['podman', 'buildah', 'runc', 'debootstrap'].filter((program) => !onPath(program));
  if (!existsSync(`/usr/share/keyrings/${keys}.gpg`)) missing.push(keys);
  if (missing.length === 0 || !canInstall()) return;
  await install(missing, 'Podman and debootstrap (Debian packages)', progress);
}

/** Without them the command that tries Docker Compose says which programs it lacks. */
export async function provideDocker(progress) {
  await provideImagePrograms(progress);
  const packages = { dockerd: 'docker.io', openssl: 'openssl' };
  const missing = Object.entries(packages).flatMap(([program, name]) => (onPath(program) ? [] : [name]));
  if (missing.length > 0 && canInstall()) await install(missing, 'Docker (Debian packages)', progress);
}

/** Without it the command that sets clocks says so. */
export async function provideFaketime(progress) {
  if ((await areInstalled(['libfaketime'])) || !canInstall()) return;
  await install(['libfaketime'], 'libfaketime (Debian package libfaketime)', progress);
}

/** Packages that they only recommend are named too where a sign-in through them needs these. */
const identityProviders = [
  { title: 'SimpleSAMLphp', packages: ['simplesamlphp', 'php-cli', 'php-xml', 'php-mbstring'] },
  {
    title: 'LemonLDAP::NG',
    packages: [
      'lemonldap-ng',
      'starman',
      'libglib-perl',
      'libio-string-perl',
      'liblasso-perl',
      'libstring-random-perl',
      'libxml-simple-perl',
    ],
  },
];

async function areInstalled(packages) {
  if (!onPath('dpkg')) return false;
  const status = await run('dpkg', ['--status', ...packages]).catch(() => '');
  return status.split('Status: install ok installed').length - 1 === packages.length;
}

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

async function install(packages, title, progress) {
  await progress.step(title, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const args = ['install', '--yes', '--no-install-recommends', ...packages];
    // An old or empty package list is the usual reason for a first failure.
    await run('apt-get', args, { env }).catch(async () => {
      await run('apt-get', ['update'], { env });
      await run('apt-get', args, { env });
    });
  });
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get');
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(`${folder || '.'}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
