/** `gatehouse completion`: what a shell asks when Tab is pressed. */
import { Argument, type Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { candidates } from '../completion/candidates.ts';
import { type Shell, scripts, shells } from '../completion/scripts.ts';

/** The hidden command that the scripts call; the words so far stand behind it. */
export const completeCommand = '__complete';

export function completionCommand(program: Command, cli: Cli): void {
  program
    .command('completion')
    .description('print the completion script of a shell: eval "$(gatehouse completion bash)"')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action(
      cli.action<object, [Shell]>(async ({ output }, _options, shell) => {
        output.raw(scripts[shell]);
      }),
    );
  program
    .command(completeCommand, { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(
      cli.action<object, [string[]]>(async ({ output }, _options, words) => {
        const found = candidates(program, words);
        if (found.length > 0) output.raw(found.join('\n'));
      }),
    );
}
