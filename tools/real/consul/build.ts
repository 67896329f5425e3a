/** Builds a real Consul agent with the Go toolchain of the machine. Takes minutes once, seconds ever after. */
import { compileGo, keptArguments, whyNoGo } from '../../programs/go.ts';
import { builtProgram, moduleFolder } from './places.ts';

/** Why no agent can be built here, or undefined when one can. The module file needs the `tool` line of Go 1.24. */
export function whyNotBuildable(): string | undefined {
  return whyNoGo([1, 24]);
}

/**
 * Path of the built agent. `onPackage` is told how many packages were compiled so far.
 * @throws Error with the end of the compiler's output
 */
export async function buildConsul(onPackage: (count: number) => void): Promise<string> {
  const program = builtProgram();
  const consul = 'github.com/hashicorp/consul';
  await compileGo({ module: moduleFolder, package: consul, program, args: keptArguments, onPackage });
  return program;
}
