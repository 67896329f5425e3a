/** The stack as a person starts it: its command in a process group of its own, as under a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { watchLog, watchSecret } from '@gatehouse/testing/secrets';
import { vi } from 'vitest';
import { isRunning, type ProcessIdentity } from '../../bootstrap/pid-lock.mjs';
import { statePaths } from '../../stack/state/paths.ts';
import type { StackDescription } from '../../stack/state/stack-file.ts';

const repositoryFolder = fileURLToPath(new URL('../../../', import.meta.url));
export const startTimeoutMs = 170_000;

export interface NamedProcess extends ProcessIdentity {
  name: string;
}

export interface RunningStack {
  readonly description: StackDescription;
  readonly stateFolder: string;
  /** Standard output so far. */
  output(): string;
  /** Standard error so far. */
  messages(): string;
  /** The processes that it keeps, by name. */
  processes(): NamedProcess[];
  process(name: string): NamedProcess;
  /** Sends the signal to the whole group, as a terminal does for Ctrl-C. Resolves with the exit code. */
  pressCtrlC(): Promise<number | null>;
  /** Kills the stack itself, not what started it and not what it started. */
  killStack(): Promise<void>;
  end(): Promise<void>;
}

export function newStateFolder(): Promise<string> {
  return temporaryFolder();
}

/** Resolves when the stack says that it is up; rejects with everything that was said when the command ends before. */
export async function startStack(stateFolder: string, ...args: string[]): Promise<RunningStack> {
  const command = spawnStack(stateFolder, ...args);
  const { child } = command;
  const isUp = vi.waitUntil(() => /Gatehouse is (running|ready)/.test(command.output()), {
    timeout: startTimeoutMs,
    interval: 100,
  });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`the stack ended with ${code} before it was ready:\n${command.messages()}`);
  });
  died.catch(() => {});
  await Promise.race([isUp, died]);
  const description = readJson<StackDescription>(join(stateFolder, 'stack.json')) as StackDescription;
  watchSecrets(stateFolder, description);
  const processes = () => readJson<NamedProcess[]>(join(stateFolder, 'stack.processes.json')) ?? [];
  return {
    description,
    stateFolder,
    output: command.output,
    messages: command.messages,
    processes,
    process(name) {
      const found = processes().find((one) => one.name === name);
      if (!found) throw new Error(`there is no process ${name}`);
      return found;
    },
    async pressCtrlC() {
      const exited = once(child, 'exit');
      process.kill(-(child.pid as number), 'SIGINT');
      return (await exited)[0];
    },
    async killStack() {
      const holder = readJson<ProcessIdentity>(join(stateFolder, 'stack.lock')) as ProcessIdentity;
      const exited = once(child, 'exit');
      process.kill(holder.pid, 'SIGKILL');
      await exited;
    },
    async end() {
      watchLogs(stateFolder);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Watches for the secrets of the installation and of its demo, which the screen may show and a log may not. */
function watchSecrets(stateFolder: string, description: StackDescription): void {
  const { clients, users, ops, secondFactorUsers = [] } = description;
  const installation = readJson<Record<string, string>>(statePaths(stateFolder).secrets) ?? {};
  for (const [name, text] of Object.entries(installation)) watchSecret(text.split(':').at(-1) ?? '', name);
  for (const { client_id, client_secret } of clients) watchSecret(client_secret, `secret of ${client_id}`);
  for (const { username, app } of secondFactorUsers)
    if (app !== undefined) watchSecret(app.secret, `secret of the app of ${username}`);
  for (const { username, password } of [...users, ...secondFactorUsers, ops])
    watchSecret(password, `password of ${username}`);
}

function watchLogs(stateFolder: string): void {
  const { logs } = statePaths(stateFolder);
  for (const name of readdirSync(logs)) watchLog(readFileSync(join(logs, name), 'utf8'));
}

export interface StackCommand {
  child: ChildProcess;
  output(): string;
  messages(): string;
}

/** Only runs the command. */
export function spawnStack(stateFolder: string, ...args: string[]): StackCommand {
  const { REDIS_URL: _redis, POSTGRES_URL: _postgres, ...env } = process.env;
  const child = spawn(
    process.execPath,
    ['tools/bootstrap.mjs', 'start', '--port', '0', '--state', stateFolder, ...args],
    { cwd: repositoryFolder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.on('data', (chunk: Buffer) => {
      text[name] += chunk;
    });
  return { child, output: () => text.stdout, messages: () => text.stderr };
}

/** Every process of this machine whose command line names the folder. */
export function processesNaming(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${pid} ${readCommandLine(pid)}`)
    .filter((line) => line.includes(folder));
}

export function stillRunning(processes: ProcessIdentity[]): ProcessIdentity[] {
  return processes.filter(isRunning);
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
