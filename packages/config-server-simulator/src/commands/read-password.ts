/** A password from standard input: one line of a pipe, or typed at a terminal without being shown. */
import type { ReadStream } from 'node:tty';

export async function readPassword(input: ReadStream, prompt: (text: string) => void): Promise<string> {
  if (input.isTTY) {
    prompt('password: ');
    input.setRawMode(true);
  }
  let text = '';
  try {
    for await (const chunk of input.setEncoding('utf8')) {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return text;
        // Raw mode hands over what the terminal usually handles: Ctrl-C and backspace.
        if (input.isTTY && character === '\u0003') throw new Error('cancelled');
        if (input.isTTY && character === '\u007f') text = [...text].slice(0, -1).join('');
        else text += character;
      }
    }
    return text;
  } finally {
    if (input.isTTY) {
      input.setRawMode(false);
      prompt('\n');
    }
    input.destroy();
  }
}
