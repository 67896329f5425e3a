/** Where a Consul agent may be: named by the caller, on the PATH, or built here before. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { keptProgram } from '../../programs/go.ts';

/** The Go module that pins the agent and everything in it. */
export const moduleFolder = import.meta.dirname;

/** Path of an agent that can be started now: the variable CONSUL, the PATH, or what was built before. */
export function findConsul(): string | undefined {
  const named = process.env['CONSUL'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders.map((folder) => join(folder, 'consul')), builtProgram()].find(isProgram);
}

/** Where the agent of this recipe is put; another recipe has another place. */
export function builtProgram(): string {
  return keptProgram(moduleFolder, 'consul', ['discover/discover.go', 'discover/provider/k8s/k8s.go']);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
