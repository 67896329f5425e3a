/** Asks the person at the terminal: for a confirmation or a secret. Prompts go to standard error: standard output is for the answer. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { shownName } from '@gatehouse/contracts/values';
import { UsageError } from '../failure/failure.ts';
import type { Terminal } from './terminal.ts';

/** True only for a clear yes; where things with these names are deleted, only where each is typed. */
export async function confirm(
  terminal: Terminal,
  question: string,
  names: readonly string[] = [],
): Promise<boolean> {
  const echo = (text: string) => terminal.writeError(text);
  const shown = question.split('\n').map(shownName).join('\n');
  if (names.length === 0) return /^y(es)?$/i.test((await ask(terminal, `${shown} [y/N] `, echo)).trim());
  echo(`${shown}\n`);
  for (const name of names) {
    const typed = await ask(terminal, `To go on, type the name ${shownName(name)}: `, echo);
    if (typed.trim() !== name) return false;
  }
  return true;
}

/** Asks for a secret without showing it. @throws UsageError without a person at the terminal */
export async function askSecret(terminal: Terminal, prompt: string, instead: string): Promise<string> {
  if (!terminal.isInteractive) throw new UsageError(`${prompt} is missing: ${instead}`);
  terminal.writeError(`${prompt}: `);
  const secret = await ask(terminal, '', () => {});
  terminal.writeError('\n');
  if (secret === '') throw new UsageError(`${prompt} is empty`);
  return secret;
}

async function ask(terminal: Terminal, prompt: string, echo: (text: string) => void): Promise<string> {
  const output = new Writable({
    write(chunk, _encoding, done) {
      echo(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input: terminal.stdin, output, terminal: true });
  try {
    return await lines.question(prompt);
  } finally {
    lines.close();
  }
}
