// Installs the pinned Node and pnpm from npm into .gatehouse/toolchain.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { PlainError } from './progress.mjs';
import { run } from './run.mjs';

export const pinned = { node: '24.21.0', pnpm: '12.21.0' };

/** Installs what is missing; a half-finished installation is thrown away and done again. */
export async function installToolchain(root, progress) {
  const folder = `${root}.gatehouse/toolchain`;
  const stamp = `${folder}/installed.json`;
  const wanted = JSON.stringify({ ...pinned, platform: process.platform, arch: process.arch });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(programs(root).node)) return;
  // Another way of installing may have brought them already: what counts is that they run.
  if (!(await works(root))) {
    await progress.step(`Node ${pinned.node} and pnpm ${pinned.pnpm}`, async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const dependencies = { node: pinned.node, pnpm: pinned.pnpm };
      writeFileSync(`${folder}/package.json`, JSON.stringify({ private: true, dependencies }));
      // Both packages put their program in place with an install script.
      const args = ['install', '--ignore-scripts=false', '--no-audit', '--no-fund', '--no-package-lock'];
      await npm([...args, '--prefix', folder], folder);
      if (!(await works(root)))
        throw new PlainError(
          `Node ${pinned.node} or pnpm ${pinned.pnpm} does not run on this machine (${process.platform} ${process.arch}).`,
        );
    });
  }
  writeFileSync(stamp, wanted);
}

/** The environment in which `node`, `pnpm` and the installed programs are the pinned ones. */
export function toolchainEnvironment(root) {
  const { binFolders } = programs(root);
  return {
    ...process.env,
    PATH: [...binFolders, process.env.PATH ?? ''].join(delimiter),
    // A service starts with 1.0 s of CPU time instead of 1.7 s when Node finds its modules compiled.
    NODE_COMPILE_CACHE: `${root}.gatehouse/compile-cache`,
  };
}

export function programs(root) {
  const modules = `${root}.gatehouse/toolchain/node_modules`;
  return {
    node: `${modules}/node/bin/node`,
    pnpm: `${modules}/.bin/pnpm`,
    binFolders: [`${modules}/node/bin`, `${modules}/.bin`, `${root}node_modules/.bin`],
  };
}

async function works(root) {
  const { node, pnpm } = programs(root);
  if (!existsSync(node) || !existsSync(pnpm)) return false;
  try {
    const env = toolchainEnvironment(root);
    const versions = [await run(node, ['--version']), await run(pnpm, ['--version'], { cwd: root, env })];
    return versions[0] === `v${pinned.node}` && versions[1] === pinned.pnpm;
  } catch {
    return false;
  }
}

/** npm as it was called, or the one on the PATH. */
function npm(args, cwd) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return run(process.execPath, [script, ...args], { cwd });
  return run('npm', args, { cwd });
}
