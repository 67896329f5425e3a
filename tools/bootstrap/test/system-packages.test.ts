import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const module_ = new URL('../system-packages.mjs', import.meta.url).href;

/** A folder of programs that is the whole PATH; apt-get there writes down its arguments and brings the package. */
function programs(options: { redis?: 'redis-server' | 'valkey-server'; apt?: 'works' | 'first fails' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-path-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o755 });
  if (options.redis) program(options.redis, '#!/bin/sh\n');
  const failFirst = `[ "$1" = install ] && [ ! -e '${folder}/updated' ] && exit 100\n`;
  const install = `#!/bin/sh
echo "$*" >> '${folder}/apt.txt'
[ "$1" = update ] && : > '${folder}/updated'
${options.apt === 'first fails' ? failFirst : ''}[ "$1" = install ] && printf '#!/bin/sh\\n' > '${folder}/redis-server' && /bin/chmod +x '${folder}/redis-server'
true
`;
  if (options.apt) program('apt-get', install);
  return { folder, calls: () => readFileSync(join(folder, 'apt.txt'), 'utf8').trim().split('\n') };
}

/** Runs a call in a process with that PATH; what it notes and its error are printed. */
async function provide(call: string, folder: string, env: Record<string, string> = {}) {
  const script = `
    import * as packages from '${module_}';
    const progress = { note: console.log, step: (title, work) => work() };
    packages.${call}.catch((error) => console.log(error.message));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: folder, ...env },
  });
  return stdout.trim();
}

const provideRedis = (folder: string, args: string[] = [], env: Record<string, string> = {}) =>
  provide(`provideRedis(${JSON.stringify(args)}, progress)`, folder, env);
const provideSamba = (folder: string) => provide('provideSamba(progress)', folder);
const provideIdentityProviders = (folder: string) => provide('provideIdentityProviders(progress)', folder);

const isDebianRoot = process.getuid?.() === 0 && process.platform === 'linux';
const install = 'install --yes --no-install-recommends redis-server';

test.each(['redis-server', 'valkey-server'] as const)(
  'a %s on the PATH is all that is needed',
  async (redis) => {
    expect(await provideRedis(programs({ redis }).folder)).toBe('');
  },
);

test('an address of a server makes one on the PATH unnecessary', async () => {
  const { folder } = programs();
  expect(await provideRedis(folder, ['--redis', 'redis://host'])).toBe('');
  expect(await provideRedis(folder, ['--redis=redis://host'])).toBe('');
  expect(await provideRedis(folder, [], { REDIS_URL: 'redis://host' })).toBe('');
});

test('where nothing can be installed, one sentence says what to do', async () => {
  expect(await provideRedis(programs().folder)).toMatch(/^No redis-server or valkey-server.*REDIS_URL.*\.$/);
});

test.runIf(isDebianRoot)('root on Debian gets the package', async () => {
  const { folder, calls } = programs({ apt: 'works' });
  expect(await provideRedis(folder)).toBe('');
  expect(calls()).toEqual([install]);
});

test.runIf(isDebianRoot)('an old package list is updated and the package tried again', async () => {
  const { folder, calls } = programs({ apt: 'first fails' });
  expect(await provideRedis(folder)).toBe('');
  expect(calls()).toEqual([install, 'update', install]);
});

test('without apt the suites of identity providers are named that will be skipped', async () => {
  expect(await provideIdentityProviders(programs().folder)).toMatch(
    /SimpleSAMLphp: the suite with it is skipped\.\n.*LemonLDAP::NG: the suite with it is skipped\./,
  );
});

test.runIf(isDebianRoot)('identity providers are installed with all that they need, each once', async () => {
  const { folder, calls } = programs({ apt: 'works' });
  expect(await provideIdentityProviders(folder)).toBe('');
  expect(calls()).toEqual([
    expect.stringMatching(/^install --yes --no-install-recommends simplesamlphp .*php-xml/),
    expect.stringMatching(/^install --yes --no-install-recommends lemonldap-ng .*liblasso-perl/),
  ]);
});

test.runIf(isDebianRoot)('Samba is installed with the files that a new domain needs', async () => {
  const { folder, calls } = programs({ apt: 'works' });
  expect(await provideSamba(folder)).toBe('');
  expect(calls()).toEqual([
    'install --yes --no-install-recommends samba-ad-dc samba-ad-provision samba-dsdb-modules ldap-utils',
  ]);
});

test('without apt the part with Samba is named that will be skipped', async () => {
  expect(await provideSamba(programs().folder)).toMatch(
    /^No Debian packages of Samba AD DC: the part .* skipped\.$/,
  );
});
