/** Compiles the programs of a release that no npm package carries: cosign, and a registry for the rehearsal. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileGo, keptArguments, keptProgram } from '../programs/go.ts';

const module = join(import.meta.dirname, 'programs');
const packages = {
  cosign: 'github.com/sigstore/cosign/v3/cmd/cosign',
  registry: 'github.com/distribution/distribution/v3/cmd/registry',
};

/** Path of the program, which is compiled once for each state of its module. */
export async function releaseProgram(name: keyof typeof packages): Promise<string> {
  const program = keptProgram(module, name);
  if (!existsSync(program))
    await compileGo({ module, package: packages[name], program, args: keptArguments });
  return program;
}
