/** Builds a real Consul agent with the Go toolchain of the machine. Takes minutes once, seconds ever after. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { buildArguments, builtProgram, moduleFolder } from './places.ts';

/** The module file needs the `tool` line of Go 1.24. */
const oldestGo = [1, 24] as const;

const agentPackage = 'github.com/hashicorp/consul';

/** Why no agent can be built here, or undefined when one can. */
export function whyNotBuildable(): string | undefined {
  const result = spawnSync('go', ['env', 'GOVERSION'], {
    cwd: moduleFolder,
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  if (result.error) return 'Go is not installed';
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(result.stdout) ?? [];
  const isNewEnough =
    Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1]);
  return isNewEnough ? undefined : `Go ${oldestGo.join('.')} or newer is needed`;
}

/**
 * Path of the built agent. `onPackage` is told how many packages were compiled so far. Runs at the lowest priority.
 * @throws Error with the end of the compiler's output
 */
export async function buildConsul(onPackage: (count: number) => void): Promise<string> {
  const program = builtProgram();
  const unfinished = `${program}.${process.pid}`;
  mkdirSync(dirname(program), { recursive: true });
  const child = spawn('go', ['build', '-v', ...buildArguments, '-o', unfinished, agentPackage], {
    cwd: moduleFolder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CGO_ENABLED: '0',
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-buildvcs=false',
      GOWORK: 'off',
    },
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const output: string[] = [];
  let packages = 0;
  // With -v the compiler names each package on a line of its own.
  createInterface({ input: child.stderr }).on('line', (line) => {
    output.push(line);
    if (/^[\w./~-]+$/.test(line)) onPackage(++packages);
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
  return program;
}
