/** Connects a group of commands to the program: each group is one file that adds its commands. */
import type { Command } from 'commander';
import type { ExitCode } from './failure/failure.ts';
import { type GlobalOptions, openSession, type Session } from './session.ts';
import type { Terminal } from './terminal/terminal.ts';

export interface CommandLimits {
  /** Maximum wait for an answer, for commands that take longer than the default. */
  timeoutSeconds?: number;
}

export interface Cli {
  /** The action of a command, as commander calls it: the arguments, then the options of the command and the global ones. */
  action<Options extends object = object, Arguments extends unknown[] = string[]>(
    run: (session: Session, options: Options & GlobalOptions, ...given: Arguments) => Promise<void>,
    limits?: CommandLimits,
  ): (...parameters: unknown[]) => Promise<void>;
}

export type CommandGroup = (program: Command, cli: Cli) => void;

/** `ended` gets the exit code of the command that ran. */
export function createCli(terminal: Terminal, ended: (code: ExitCode) => void): Cli {
  return {
    action(run, { timeoutSeconds } = {}) {
      return async (...parameters) => {
        const command = parameters.at(-1) as Command;
        const session = openSession(terminal, command.optsWithGlobals(), timeoutSeconds);
        try {
          await run(session, command.optsWithGlobals(), ...(command.processedArgs as never));
          ended(session.exitCode);
        } finally {
          await session.close();
        }
      };
    },
  };
}
