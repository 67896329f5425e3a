/** A child process that is started again when it ends unasked, until that no longer helps. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { PlainError } from '../plain-error.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { describeExit, type ProcessRegister } from './register.ts';

export interface SupervisedProgram {
  name: string;
  /** Starts the process, reports it at once, and resolves when it serves. The signal: it is no longer wanted. */
  launch(logFile: LogFile, onSpawn: (child: ChildProcess) => void, signal: AbortSignal): Promise<void>;
  stopSignal?: NodeJS.Signals;
}

export interface Supervision {
  register: ProcessRegister;
  logFolder: string;
  /** A sentence for the person at the terminal. */
  tell(sentence: string): void;
  /** The process cannot be kept alive; the stack has to end. */
  giveUp(reason: string): void;
}

export interface SupervisedProcess {
  readonly name: string;
  /** Resolves when the process serves; a start that fails is a PlainError with the end of its log. */
  start(): Promise<void>;
  /** At any time, also while it starts; it then stays ended. */
  stop(): Promise<void>;
}

const restartDelayMs = 1000;
const crashWindowMs = 60_000;
const crashesAllowed = 5;
const stopTimeoutMs = 10_000;
/** sysexits.h EX_CONFIG: starting again cannot help. */
const exitConfig = 78;

export function createSupervised(program: SupervisedProgram, supervision: Supervision): SupervisedProcess {
  return new Supervisor(program, supervision);
}

class Supervisor implements SupervisedProcess {
  readonly name: string;
  readonly #program: SupervisedProgram;
  readonly #supervision: Supervision;
  readonly #logFile: LogFile;
  readonly #stopSignal: NodeJS.Signals;
  readonly #ending = new AbortController();
  #child: ChildProcess | undefined;
  #crashTimesMs: number[] = [];

  constructor(program: SupervisedProgram, supervision: Supervision) {
    this.name = program.name;
    this.#program = program;
    this.#supervision = supervision;
    this.#stopSignal = program.stopSignal ?? 'SIGTERM';
    this.#logFile = createLogFile(supervision.logFolder, program.name);
  }

  async start(): Promise<void> {
    const sinceBytes = this.#logFile.size();
    try {
      await this.#launch();
    } catch (error) {
      await this.stop();
      throw new PlainError(
        `${this.name} did not start: ${(error as Error).message}\n${this.#logFile.tail(sinceBytes)}\n` +
          `The whole log: ${this.#logFile.path}`,
      );
    }
    this.#watch();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(this.#stopSignal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await ended;
    clearTimeout(timer);
  }

  async #launch(): Promise<void> {
    const { signal } = this.#ending;
    const onSpawn = (child: ChildProcess) => {
      this.#child = child;
      // A program that cannot be started has no pid; the launch itself then fails.
      const { pid } = child;
      child.once('error', () => {});
      if (pid === undefined) return;
      if (signal.aborted) child.kill('SIGKILL');
      this.#supervision.register.add(this.name, pid, this.#stopSignal);
      child.once('exit', () => this.#supervision.register.remove(pid));
    };
    await this.#program.launch(this.#logFile, onSpawn, signal);
  }

  #watch(): void {
    const child = this.#child as ChildProcess;
    const onExit = () => void this.#recover(describeExit(child), child.exitCode);
    if (hasEnded(child)) onExit();
    else child.once('exit', onExit);
  }

  async #recover(how: string, exitCode: number | null): Promise<void> {
    for (let reason = how; !this.#ending.signal.aborted; ) {
      const nowMs = Date.now();
      this.#crashTimesMs = [...this.#crashTimesMs.filter((timeMs) => timeMs > nowMs - crashWindowMs), nowMs];
      if (exitCode === exitConfig || this.#crashTimesMs.length > crashesAllowed) return this.#giveUp(reason);
      this.#supervision.tell(`${this.name} ended by itself (${reason}); it is started again.`);
      try {
        await wait(restartDelayMs, undefined, { signal: this.#ending.signal });
        await this.#launch();
        this.#supervision.tell(`${this.name} runs again.`);
        return this.#watch();
      } catch (error) {
        reason = (error as Error).message;
      }
    }
  }

  #giveUp(reason: string): void {
    this.#supervision.giveUp(
      `${this.name} does not stay up (${reason}). The end of its log, ${this.#logFile.path}:\n${this.#logFile.tail(0)}`,
    );
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
