/** Asks the person at the terminal: for a confirmation or a secret. Prompts go to standard error: standard output is for the answer. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { shownName } from '@gatehouse/contracts/values';
import { UsageError } from '../failure/failure.ts';
import type { Terminal } from './terminal.ts';

/** True only for a clear yes. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await ask(terminal, `${question.split('\n').map(shownName).join('\n')} [y/N] `, (text) =>
    terminal.writeError(text),
  );
  return /^y(es)?$/i.test(answer.trim());
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
