/** Says again, in another language, what a service has said with the keys of its sentences. */
import type { SentenceParameters } from '@gatehouse/contracts/sentences';
import { reasonParameters, valuesIn } from './values.ts';

export interface SaidText {
  text: string;
  /** The words of the service itself, which are English: those of another release, or of a server that it asked. */
  isRaw: boolean;
}

/** The texts of a language, by their keys. */
export interface Reader {
  language: string;
  has(key: string): boolean;
  /** @throws where a value is missing */
  text(key: string, values?: Record<string, string | number>): string;
  momentOf(iso: string): string;
}

interface Found {
  message: string;
  sentences?: readonly { key: string; parameters: SentenceParameters }[] | undefined;
}

interface About extends Found {
  subject: string;
  /** As people call it. */
  subjectName?: string | undefined;
}

/** Says a finding behind the name of its subject. `understood`: subjects that the reader knows from the place. */
export function saidAbout(reader: Reader, problem: About, understood: readonly string[]): SaidText {
  const { subject, subjectName } = problem;
  const key = `console.home.subject.${subject.replaceAll(' ', '-')}`;
  const name = subjectName ?? (reader.has(key) ? reader.text(key) : subject);
  const { text, isRaw } = saidIn(reader, problem);
  return { text: text.includes(name) || understood.includes(subject) ? text : `${name}: ${text}`, isRaw };
}

/** Parameters whose values have texts of their own. */
const namedBelow: Readonly<Record<string, string>> = {
  endingKind: 'console.home.ending',
  ...Object.fromEntries(reasonParameters.map((name) => [name, 'sentence.reason'])),
};

/** Languages that put no space between sentences. */
const unspaced: readonly string[] = ['ja', 'zh-CN'];

/** `unsaid`: keys of sentences that this reader does not need. */
export function saidIn(
  { language, has, text, momentOf }: Reader,
  { message, sentences }: Found,
  unsaid: readonly string[] = [],
): SaidText {
  if (sentences === undefined) return { text: message, isRaw: true };
  const named = (parameters: SentenceParameters): SentenceParameters => {
    const entries = Object.entries(parameters).map(([name, value]) => {
      const key = namedBelow[name] && `${namedBelow[name]}.${String(value)}`;
      return [name, key && has(key) ? text(key) : value] as const;
    });
    return Object.fromEntries(entries);
  };
  const said: string[] = [];
  for (const { key, parameters } of sentences) {
    if (unsaid.includes(key)) continue;
    const name = `sentence.${key}`;
    if (!has(name)) return { text: message, isRaw: true };
    try {
      said.push(text(name, valuesIn(language, named(parameters), momentOf)));
    } catch {
      // A service of another release gives the sentence other parameters.
      return { text: message, isRaw: true };
    }
  }
  return { text: said.join(unspaced.includes(language) ? '' : ' '), isRaw: false };
}
