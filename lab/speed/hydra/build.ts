/** Builds a real Hydra with the Go toolchain of the machine, once for each state of its recipe. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGo, keptArguments, keptProgram, whyNoGo } from '../../../tools/programs/go.ts';
import { type Needed, withNews } from '../../../tools/real/provide.ts';

const module = import.meta.dirname;
const source = 'github.com/ory/hydra/v2';

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
  await compileGo({ module, package: source, program: builtProgram(), args: keptArguments, onPackage });
  return builtProgram();
}

const builtProgram = () => keptProgram(module, 'hydra');

function goMod(): string {
  return readFileSync(join(module, 'go.mod'), 'utf8');
}
