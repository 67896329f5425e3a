/** Builds a real Hydra with the Go toolchain of the machine, once for each state of its recipe. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGo, whyNoGo } from '../../../tools/programs/go.ts';
import { type Needed, withNews } from '../../../tools/real/provide.ts';

const module = import.meta.dirname;
const source = 'github.com/ory/hydra/v2';
const args = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'];

export const hydraVersion = new RegExp(`${source} v(\\S+)`).exec(goMod())?.[1] ?? '';

export const hydra: Needed = {
  name: 'Hydra',
  find: () => (existsSync(builtProgram()) ? builtProgram() : undefined),
  // The module file needs the `tool` line of Go 1.24.
  whyNot: () => whyNoGo([1, 24]),
  step: 'building Hydra, once: some minutes',
  install: () => withNews(build),
};

async function build(onPackage: (count: number) => void): Promise<string> {
  await compileGo({ module, package: source, program: builtProgram(), args, onPackage });
  return builtProgram();
}

/** Another recipe has another place. */
function builtProgram(): string {
  const hash = createHash('sha256').update(args.join(' ')).update(goMod());
  hash.update(readFileSync(join(module, 'go.sum')));
  return join(module, '../../../.gatehouse/hydra', hash.digest('hex').slice(0, 16), 'hydra');
}

function goMod(): string {
  return readFileSync(join(module, 'go.mod'), 'utf8');
}
