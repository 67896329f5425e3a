/** The text of a seed file in the encoding it says it has. A wrong guess would plant names that nobody can log in with. */
import { TextDecoder } from 'node:util';

const byteOrderMarks: [mark: string, encoding: string][] = [
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
];
const declaration = /^<\?xml\s[^>]*\bencoding\s*=\s*["']([\w.:-]+)["']/;
const longestDeclaration = 200;

/** By its byte order mark, else by its XML declaration, else UTF-8. Errors: SyntaxError with a sentence. */
export function textOf(bytes: Buffer): string {
  const encoding = markedEncoding(bytes) ?? declaredEncoding(bytes) ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new SyntaxError(`the encoding ${encoding} is not known`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SyntaxError(`it is not in the encoding ${encoding}`);
  }
}

function markedEncoding(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 3).toString('hex');
  return byteOrderMarks.find(([mark]) => start.startsWith(mark))?.[1];
}

function declaredEncoding(bytes: Buffer): string | undefined {
  return declaration.exec(bytes.subarray(0, longestDeclaration).toString('latin1'))?.[1];
}
