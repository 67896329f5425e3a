/** Runs a child process and starts it again when it ends by itself, until that no longer helps. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from '../../bootstrap/progress.mjs';
import type { ProcessRegister } from './register.ts';

export interface SupervisedProgram {
  name: string;
  /** Starts the process with its output in the file, reports it at once, and resolves when it serves. */
  launch(logFile: number, onSpawn: (child: ChildProcess) => void, signal: AbortSignal): Promise<void>;
  stopSignal?: NodeJS.Signals;
}

export interface Supervision {
  register: ProcessRegister;
  logFolder: string;
  /** Prints a sentence for the person at the terminal. */
  print(sentence: string): void;
  /** The process cannot be kept running; the stack has to end. */
  giveUp(reason: string): void;
}

const restartDelayMs = 1000;
const crashWindowMs = 60_000;
const maxCrashes = 5;
const stopTimeoutMs = 10_000;
/** sysexits.h EX_CONFIG: starting again cannot help. */
const exitConfig = 78;

export function createSupervised(
  { name, launch, stopSignal = 'SIGTERM' }: SupervisedProgram,
  { register, logFolder, print, giveUp }: Supervision,
) {
  const logPath = join(logFolder, `${name}.log`);
  const logFile = openSync(logPath, 'w', 0o600);
  const ending = new AbortController();
  let child: ChildProcess | undefined;
  let crashTimesMs: number[] = [];

  const launchOnce = () =>
    launch(
      logFile,
      (spawned) => {
        child = spawned;
        // Without a pid the launch itself fails.
        spawned.once('error', () => {});
        const { pid } = spawned;
        if (pid === undefined) return;
        if (ending.signal.aborted) spawned.kill('SIGKILL');
        register.add(name, pid, stopSignal);
        spawned.once('exit', () => register.remove(pid));
      },
      ending.signal,
    );

  /** Resolves when the process serves; a start that fails is a PlainError with the end of its log. */
  async function start(): Promise<void> {
    const sinceBytes = fstatSync(logFile).size;
    try {
      await launchOnce();
    } catch (error) {
      await stop();
      const { message } = error as Error;
      throw new PlainError(
        `${name} did not start: ${message}\n${tailOf(logPath, sinceBytes)}\nThe whole log: ${logPath}`,
      );
    }
    void keepRunning();
  }

  /** Works at any time, also while the process starts; it then stays ended. */
  async function stop(): Promise<void> {
    ending.abort();
    const stopped = child;
    if (!stopped || hasEnded(stopped)) return;
    stopped.kill(stopSignal);
    const timer = setTimeout(() => stopped.kill('SIGKILL'), stopTimeoutMs);
    await once(stopped, 'exit');
    clearTimeout(timer);
  }

  async function keepRunning(): Promise<void> {
    for (;;) {
      if (child && !hasEnded(child)) await once(child, 'exit');
      if (ending.signal.aborted) return;
      const nowMs = Date.now();
      crashTimesMs = [...crashTimesMs.filter((timeMs) => timeMs > nowMs - crashWindowMs), nowMs];
      const reason = child ? describeExit(child) : 'it cannot be started';
      if (child?.exitCode === exitConfig || crashTimesMs.length > maxCrashes)
        return giveUp(
          `${name} does not stay up (${reason}). The end of its log, ${logPath}:\n${tailOf(logPath, 0)}`,
        );
      print(`${name} ended by itself (${reason}); it is started again.`);
      try {
        await wait(restartDelayMs, undefined, { signal: ending.signal });
        await launchOnce();
        print(`${name} runs again.`);
      } catch {
        // The next round counts it as a crash, or finds that the stack is ending.
      }
    }
  }

  return { start, stop };
}

/** How a child ended, in words for a person. */
export function describeExit(child: ChildProcess): string {
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** The last lines of a log file after its first bytes. */
function tailOf(path: string, sinceBytes: number): string {
  const lines = readFileSync(path).subarray(sinceBytes).toString().trimEnd().split('\n').slice(-12);
  return lines.map((line) => `    ${line.slice(0, 400)}`).join('\n');
}
