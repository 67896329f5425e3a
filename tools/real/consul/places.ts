/** Where a Consul agent may be: named by the caller, on the PATH, or built here before. */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Go module that pins the agent and everything in it. */
export const moduleFolder = import.meta.dirname;

const cacheFolder = join(moduleFolder, '../../../.gatehouse/consul');

/** Arguments of the compiler: part of what makes a cached program the right one. */
export const buildArguments = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'];

/** Path of an agent that can be started now: the variable CONSUL, the PATH, or what was built before. */
export function findConsul(): string | undefined {
  const named = process.env['CONSUL'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders.map((folder) => join(folder, 'consul')), builtProgram()].find(isProgram);
}

/** Where the agent of this recipe is put; another recipe has another place. */
export function builtProgram(): string {
  const hash = createHash('sha256').update(buildArguments.join(' '));
  for (const file of ['go.mod', 'go.sum', 'discover/discover.go', 'discover/provider/k8s/k8s.go']) {
    hash.update(readFileSync(join(moduleFolder, file)));
  }
  return join(cacheFolder, hash.digest('hex').slice(0, 16), 'consul');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
