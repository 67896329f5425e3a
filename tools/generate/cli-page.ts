/** Writes docs/reference/cli.md: every command of `gatehouse` with its arguments and options, from the program itself. */
import { pathToFileURL } from 'node:url';
import { markdownTable } from '../markdown-table.ts';

/** The part of commander's program that this page shows. */
interface Program {
  parent: Program | null;
  commands: Program[];
  options: { flags: string; description: string; hidden: boolean }[];
  registeredArguments: { name(): string; description: string }[];
  name(): string;
  usage(): string;
  description(): string;
}

const introduction = `# Commands of gatehouse

\`npm run generate\` writes this page from the program, which prints the same with \`--help\`. [The command line](../guides/command-line.md) tells how it is installed, where
it finds an installation, what it prints and how it ends.
`;

export async function cliPage(root: string): Promise<string> {
  const file = pathToFileURL(`${root}/packages/cli/src/program.ts`).href;
  const { createProgram } = await import(file);
  const program: Program = createProgram(
    { writeOut: () => undefined, writeError: () => undefined },
    () => undefined,
  );
  const groups = program.commands.map((group) => `\n## ${group.name()}\n\n${commandsOf(group)}`);
  return `${introduction}\n## Options of every command\n\n${optionsOf(program)}${groups.join('')}`;
}

/** The command itself, or those of the group, one below the other. */
function commandsOf(command: Program): string {
  if (command.commands.length === 0) return `${usageOf(command)}${command.description()}\n${listed(command)}`;
  const all = command.commands.flatMap(leavesOf);
  return `${command.description()}\n${all.map((one) => `\n### ${pathOf(one)}\n\n${commandsOf(one)}`).join('')}`;
}

const leavesOf = (command: Program): Program[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);

const pathOf = (command: Program): string =>
  command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

const usageOf = (command: Program) => `\`gatehouse ${`${pathOf(command)} ${command.usage()}`.trim()}\`\n\n`;

function listed(command: Program): string {
  const table = `${argumentsOf(command)}${optionsOf(command)}`;
  return table === '' ? '' : `\n${table}`;
}

function argumentsOf(command: Program): string {
  const rows = command.registeredArguments
    .filter(({ description }) => description !== '')
    .map((argument) => [`\`${argument.name()}\``, argument.description]);
  return rows.length === 0 ? '' : `${markdownTable(['argument', 'meaning'], rows)}\n\n`;
}

function optionsOf(command: Program): string {
  const rows = command.options
    .filter(({ hidden }) => !hidden)
    .map(({ flags, description }) => [`\`${flags}\``, description]);
  return rows.length === 0 ? '' : `${markdownTable(['option', 'meaning'], rows)}\n`;
}
