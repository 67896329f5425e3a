/** Finds the words that may come next on a command line, in the commands themselves. */
import type { Command, Option } from 'commander';

/** `words`: those behind the program's name, the last one as far as it is typed. */
export function candidates(program: Command, words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const { command, positionals } = walk(program, before);
  const waiting = optionNamed(command, before.at(-1));
  const all = waiting?.required
    ? (waiting.argChoices ?? [])
    : typed.startsWith('-')
      ? optionNames(command)
      : [...subcommandNames(command), ...(command.registeredArguments[positionals]?.argChoices ?? [])];
  return all.filter((candidate) => candidate.startsWith(typed));
}

/** The command that the words lead to, and how many of its arguments are there. */
function walk(program: Command, words: readonly string[]): { command: Command; positionals: number } {
  let command = program;
  let positionals = 0;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || optionNamed(command, words[index - 1])?.required) continue;
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next) {
      command = next;
      positionals = 0;
    } else positionals += 1;
  }
  return { command, positionals };
}

function optionNamed(command: Command, word: string | undefined): Option | undefined {
  if (word === undefined) return undefined;
  return allOptions(command).find(({ long, short }) => long === word || short === word);
}

function optionNames(command: Command): string[] {
  return allOptions(command)
    .filter(({ hidden }) => !hidden)
    .map(({ long, short }) => long ?? short ?? '');
}

/** The command's own and those of the commands above it. */
function allOptions(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function subcommandNames(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
}
