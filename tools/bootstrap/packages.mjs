// Installs the workspace's packages when the lock file or a manifest changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { run } from './run.mjs';
import { programs, toolchainEnvironment } from './toolchain.mjs';

export async function installPackages(root, progress) {
  const stamp = `${root}.gatehouse/packages.stamp`;
  const wanted = fingerprint(root);
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === wanted && existsSync(`${root}node_modules/.modules.yaml`)) return;
  await progress.step('Packages', async () => {
    rmSync(stamp, { force: true });
    // Without a terminal pnpm would rather stop than replace a folder that something else installed.
    const args = [
      'install',
      '--frozen-lockfile',
      '--config.confirmModulesPurge=false',
      '--reporter=append-only',
    ];
    await run(programs(root).pnpm, args, { cwd: root, env: toolchainEnvironment(root) });
  });
  writeFileSync(stamp, wanted);
}

function fingerprint(root) {
  const hash = createHash('sha256');
  hash.update(`${process.platform} ${process.arch}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests(root)])
    if (existsSync(root + file)) hash.update(`\0${file}\0`).update(readFileSync(root + file));
  return hash.digest('hex');
}

function manifests(root) {
  const groups = ['services', 'packages', 'examples'].filter((group) => existsSync(root + group));
  const members = groups.flatMap((group) =>
    readdirSync(root + group)
      .sort()
      .map((name) => `${group}/${name}`),
  );
  return [
    'package.json',
    ...[...members, 'tools', 'tools/docs', 'lab'].map((folder) => `${folder}/package.json`),
  ];
}
