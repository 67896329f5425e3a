/** Changes a source: in a declaration that is found by its name, a text that is found by its words becomes another one. */
import { z } from 'zod';
import { type Declaration, parseSource } from './declarations.ts';
import { type Match, matchesOf, wordsOf } from './words.ts';

export const changeSchema = z.strictObject({
  /** From the root. */
  file: z.string().min(1),
  /** The declaration that has the text: `send`, or `createOutbox.send` where the file has several of that name. Absent: the whole file. */
  in: z.string().min(1).optional(),
  /** Is there exactly once, however it is divided into lines. Comments of TypeScript are overlooked. */
  replace: z.string().min(1),
  by: z.string().default(''),
});

export type Change = z.infer<typeof changeSchema>;

/** The files as they are after the changes, which are made in this order. @throws Error where one does not fit */
export function changedTexts(
  changes: readonly Change[],
  read: (file: string) => string,
): Map<string, string> {
  const texts = new Map<string, string>();
  for (const change of changes)
    texts.set(change.file, changeText(texts.get(change.file) ?? read(change.file), change));
  return texts;
}

/** @throws Error that names the file and says what was found instead */
export function changeText(text: string, change: Change): string {
  const { code, start } = scopeOf(text, change);
  const words = wordsOf(code);
  const wanted = wordsOf(change.replace);
  const beginnings = matchesOf(words, wanted);
  const matches = beginnings.filter(({ length }) => length === wanted.length);
  const offsetOf = (at: number) => start + (words[at]?.start ?? code.length);
  const [match, ...others] = matches;
  if (match === undefined) throw new Error(`${targetOf(change)} ${found(beginnings)}`);
  if (others.length > 0) {
    const lines = matches.map(({ from }) => lineOf(text, offsetOf(from)));
    throw new Error(`${targetOf(change)} has the text ${matches.length} times, in lines ${lines.join(', ')}`);
  }
  const end = start + (words[match.until - 1]?.end ?? code.length);
  return text.slice(0, offsetOf(match.from)) + change.by + text.slice(end);

  function found(some: readonly Match[]): string {
    const longest = some.toSorted((a, b) => b.length - a.length)[0];
    if (longest === undefined) return `has no ${wanted[0]?.text}, with which the text begins`;
    const line = lineOf(text, offsetOf(longest.until));
    const instead = words[longest.until]?.text ?? 'its end';
    return `does not have the text: line ${line} has ${instead} instead of ${wanted[longest.length]?.text}`;
  }
}

const targetOf = (change: Change) => (change.in === undefined ? change.file : `${change.file}: ${change.in}`);

const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length;

/** The declaration, or the whole file. Only a file of TypeScript is parsed. */
function scopeOf(text: string, change: Change): { code: string; start: number } {
  if (!change.file.endsWith('.ts')) return { code: text, start: 0 };
  const { code, declarations } = parseSource(change.file, text);
  if (change.in === undefined) return { code, start: 0 };
  const { start, end } = declarationOf(change.in, change.file, declarations);
  return { code: code.slice(start, end), start };
}

function declarationOf(name: string, file: string, all: readonly Declaration[]): Declaration {
  const isNamed = ({ path }: Declaration) => `.${path.join('.')}`.endsWith(`.${name}`);
  const [one, ...others] = all.filter(isNamed);
  if (one === undefined) {
    const names = all.filter(({ path }) => path.length === 1).map(({ path }) => path.join('.'));
    throw new Error(`${file} has no declaration ${name}; outermost are ${names.join(', ')}`);
  }
  if (others.length > 0) {
    const paths = [one, ...others].map(({ path }) => path.join('.'));
    throw new Error(`${file} has ${name} ${paths.length} times: ${paths.join(', ')}`);
  }
  return one;
}
