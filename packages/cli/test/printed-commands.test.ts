import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

const repository = join(import.meta.dirname, '../../..');
const program = createProgram(
  { writeOut: () => undefined, writeError: () => undefined } as unknown as Parameters<
    typeof createProgram
  >[0],
  () => undefined,
);

const shownFiles = [
  'services/auth-ui/src/texts/*.json',
  'services/auth-ui/views/**/*.eta',
  'packages/contracts/src/**/*.ts',
];

/** Every command that a page of the product or a description of a field names, in whatever sentence of whatever language. */
function shownCommands(): { place: string; words: string[] }[] {
  return globSync(shownFiles, { cwd: repository }).flatMap((file) =>
    [
      ...readFileSync(join(repository, file), 'utf8').matchAll(
        /(?<![\w./-]|--namespace )gatehouse ([a-z][a-z-]*(?: (?:[a-z][a-z-]*|[A-Z]+|<[a-z]+>|--[a-z][a-z-]*))*)/g,
      ),
    ].map(([, command = '']) => ({ place: `${file}: gatehouse ${command}`, words: command.split(' ') })),
  );
}

/** Every line of the documentation that calls the program, without what a shell does with it. */
function printedCommands(): { place: string; words: string[] }[] {
  return globSync(['*.md', 'docs/**/*.md', 'charts/**/*.{md,yaml}', 'docker/**/*.{yaml,md}'], {
    cwd: repository,
  })
    .filter((file) => !file.includes('node_modules'))
    .flatMap((file) => {
      const text = readFileSync(join(repository, file), 'utf8').replaceAll(/\\\n\s*/g, '');
      const spans = [...text.matchAll(/`gatehouse ([^`]+)`/g)].map(([, command = '']) => command);
      const lines = [...text.matchAll(/^(?:\$ )?gatehouse ([a-z-].*)$/gm)].map(([, command = '']) => command);
      return [...spans, ...lines].map((command) => ({
        place: `${file}: gatehouse ${command}`,
        words: command.replace(/\s(#|>|<|\||&&|\\).*$/s, '').split(/\s+/),
      }));
    });
}

/** What is wrong with it, or undefined. `a|b` stands for both. */
function fault(words: readonly string[]): string | undefined {
  let command: Command = program;
  for (const word of words.filter((one) => !one.startsWith('-'))) {
    if (command.commands.length === 0) break;
    const found = word.split('|').map((name) => command.commands.find((one) => one.name() === name));
    if (found.includes(undefined)) return `${command.name()} has no ${word}`;
    command = found[0] as Command;
  }
  const known = new Set(['--help']);
  for (let one: Command | null = command; one; one = one.parent)
    for (const { long, short } of one.options) known.add(long ?? '').add(short ?? '');
  const options = words
    .filter((word) => /^--?[a-zA-Z]/.test(word))
    .map((word) => word.replace(/[=|].*/s, ''));
  const unknown = options.find((option) => !known.has(option));
  return unknown && `${command.name()} has no ${unknown}`;
}

test('every printed command of gatehouse exists, with its options', () => {
  const commands = printedCommands();
  expect(commands.length).toBeGreaterThan(100);
  expect(commands.map(({ place, words }) => [place, fault(words)]).filter(([, wrong]) => wrong)).toEqual([]);
});

test('every command that a page shows exists, with its options', () => {
  const commands = shownCommands();
  expect(commands.length).toBeGreaterThan(20);
  expect(commands.map(({ place, words }) => [place, fault(words)]).filter(([, wrong]) => wrong)).toEqual([]);
  expect(fault(['import', '--file'])).toBe('import has no --file');
});
