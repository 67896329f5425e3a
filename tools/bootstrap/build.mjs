// Compiles the workspace and bundles the services: the stack runs what an image would run.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { run } from './run.mjs';
import { toolchainEnvironment } from './toolchain.mjs';

const services = ['auth-api', 'auth-ui', 'environment-api'].map((name) => `services/${name}`);

/** Takes half a second when nothing changed. */
export async function compile(root, progress) {
  const node = (args) => run('node', args, { cwd: root, env: toolchainEnvironment(root) });
  await progress.step('Compiling', () => node(['node_modules/typescript/bin/tsc', '-b']));
  const changed = services.filter((service) => !isBundled(root, service));
  if (changed.length > 0)
    await progress.step('Bundling', () => node(['tools/bootstrap/bundle.mjs', ...changed]));
}

/** Since the last change of a compiled package or a library. */
function isBundled(root, service) {
  const bundle = `${root}${service}/dist/bundle/main.js`;
  const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}`);
  const sources = ['.gatehouse/packages.stamp', 'tools/bootstrap/bundle.mjs'].concat(
    [service, ...packages].map((folder) => `${folder}/tsconfig.tsbuildinfo`),
  );
  return (
    existsSync(bundle) &&
    sources.every(
      (file) => !existsSync(root + file) || statSync(root + file).mtimeMs < statSync(bundle).mtimeMs,
    )
  );
}
