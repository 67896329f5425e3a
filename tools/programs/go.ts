/** Compiles programs with the machine's own Go. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The machine's own compiler, unless the caller lets Go bring the one that a module names. */
const ownToolchain = { GOTOOLCHAIN: process.env['GOTOOLCHAIN'] ?? 'local' };

/** Why nothing can be compiled here, or undefined when it can. `oldest`: major and minor number. */
export function whyNoGo(oldest: readonly [number, number]): string | undefined {
  const result = spawnSync('go', ['env', 'GOVERSION'], {
    encoding: 'utf8',
    env: { ...process.env, ...ownToolchain },
  });
  if (result.error) return 'Go is not installed';
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(result.stdout) ?? [];
  const isNewEnough =
    Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]);
  return isNewEnough ? undefined : `Go ${oldest.join('.')} or newer is needed`;
}

/** Arguments of the compiler for programs that are kept: part of what makes a kept program the right one. */
export const keptArguments = ['-mod=readonly', '-trimpath', '-ldflags', '-s -w'];

/** Where the program of a module is kept; another recipe has another place. `sources`: files of ours that are compiled into it. */
export function keptProgram(module: string, name: string, sources: readonly string[] = []): string {
  const hash = createHash('sha256').update(keptArguments.join(' '));
  for (const file of ['go.mod', 'go.sum', ...sources]) hash.update(readFileSync(join(module, file)));
  const folder = join(import.meta.dirname, '../../.gatehouse', name);
  return join(folder, hash.digest('hex').slice(0, 16), name);
}

export interface GoBuild {
  /** The folder of the Go module. */
  module: string;
  /** The path of the package that is compiled, which has a program. */
  package: string;
  /** Where the program goes. */
  program: string;
  args: readonly string[];
  /** Told how many packages were compiled so far. */
  onPackage?(count: number): void;
}

/** @throws Error with the end of the compiler's output */
export async function compileGo({
  module,
  package: source,
  program,
  args,
  onPackage,
}: GoBuild): Promise<void> {
  const unfinished = `${program}.${process.pid}`;
  mkdirSync(dirname(program), { recursive: true });
  const child = spawn('go', ['build', '-v', ...args, '-o', unfinished, source], {
    cwd: module,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...ownToolchain, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' },
  });
  const output: string[] = [];
  let packages = 0;
  // With -v the compiler names each package on a line of its own.
  createInterface({ input: child.stderr }).on('line', (line) => {
    output.push(line);
    if (/^[\w./~-]+$/.test(line)) onPackage?.(++packages);
  });
  const end = await new Promise<string | number>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'unknown'));
  });
  if (end !== 0) {
    rmSync(unfinished, { force: true });
    throw new Error(`go build ended with ${end}:\n${output.slice(-20).join('\n')}`);
  }
  // Renamed only when it is whole: a run beside this one never starts half a file.
  renameSync(unfinished, program);
}
