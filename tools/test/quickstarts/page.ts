/** Reads the blocks of a page of the documentation and runs them as a reader would paste them. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';

export const languages = ['Node', 'Python', 'Java'] as const;
export type Language = (typeof languages)[number];

interface Block {
  /** Undefined: before the sections of the languages, or in all of them. */
  section: string | undefined;
  language: string;
  /** The words after the language: the name of a file, or how the block is meant. */
  label: string;
  text: string;
}

const documentation = new URL('../../../docs/', import.meta.url);

/** `page`: its path in `docs/`, without the ending. */
export function blocksOf(page: string): Block[] {
  const [first = '', ...sections] = readFileSync(new URL(`${page}.md`, documentation), 'utf8').split(/^## /m);
  return [
    ...blocksIn(first, undefined),
    ...sections.flatMap((text) => blocksIn(text, text.slice(0, text.indexOf('\n')))),
  ];
}

function blocksIn(text: string, section: string | undefined): Block[] {
  return [...text.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
    ([, language = '', label = '', block = '']) => ({ section, language, label, text: block }),
  );
}

const quickstart = (page: string) => blocksOf(`start/quickstarts/${page}`);

/** Writes the files of the quickstart for one language into the folder `place`, in which its commands run. */
export function openFolder(
  page: string,
  language: Language | 'Spring',
  place: string,
  variables: Record<string, string>,
) {
  const shared = language === 'Java' ? quickstart('README').filter(({ section }) => section === 'Java') : [];
  const own = quickstart(page).filter(({ section }) => section === undefined || section === language);
  return openBlocks([...shared, ...own], place, variables);
}

export function openBlocks(blocks: readonly Block[], place: string, variables: Record<string, string>) {
  for (const { label, text } of blocks) if (label.includes('.')) writeFileSync(join(place, label), text);
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, ...variables };
  const options = { cwd: place, env };
  const commands = (label: string) =>
    blocks.filter((block) => block.language === 'sh' && block.label === label).map(({ text }) => text);
  const paste = async (text: string, more: Record<string, string> = {}) =>
    (await promisify(execFile)('sh', ['-eu', '-c', text], { ...options, env: { ...env, ...more } })).stdout;

  return {
    /** Registrations and libraries; returns the answers of the former. */
    async prepare(): Promise<string[]> {
      const outputs: string[] = [];
      for (const text of commands('')) outputs.push(await paste(text));
      return outputs.filter((output) => output.startsWith('{'));
    },
    /** Runs the commands of this kind, which end by themselves; returns what the last one printed. */
    async once(label: string, more: Record<string, string> = {}): Promise<string> {
      let output = '';
      for (const text of commands(label)) output = await paste(text, more);
      return output;
    },
    /** Starts what listens at this address; resolves when it answers. */
    async run(address: string, label = 'run') {
      const child = spawn('sh', ['-eu', '-c', commands(label).join('\n')], {
        ...options,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          said += chunk;
        });
      const answers = () =>
        fetch(address).then(
          () => true,
          () => false,
        );
      await vi.waitUntil(
        async () => {
          if (child.exitCode !== null) throw new Error(`it ended:\n${said}`);
          return answers();
        },
        { timeout: 60_000, interval: 50 },
      );
      return async () => {
        const ended = once(child, 'exit');
        process.kill(-(child.pid as number), 'SIGKILL');
        await ended;
      };
    },
  };
}
