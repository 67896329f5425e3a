/** Says what a service found in the language of the reader, where the service gave its sentences and their texts are known. */
import type { Finding } from '@gatehouse/contracts/answers';
import type { SentenceParameters } from '@gatehouse/contracts/sentences';
import type { Language } from '@gatehouse/service-kit/html';
import { valuesIn } from '@gatehouse/service-kit/sentences';
import { isTextKey, type Text } from './texts.ts';

export interface SaidText {
  text: string;
  /** The words of the service itself, which are English: those of another release, or of a server that it asked. */
  isRaw: boolean;
}

/** Languages that put no space between sentences. */
const unspaced: readonly Language[] = ['ja', 'zh-CN'];

/** Parameters whose values have texts of their own. */
const namedBelow: Readonly<Record<string, string>> = {
  endingKind: 'console.home.ending',
  refusal: 'console.refusal',
};

export function saidIn(
  { language, text }: { language: Language; text: Text },
  { message, sentences }: Pick<Finding, 'message' | 'sentences'>,
): SaidText {
  if (sentences === undefined) return { text: message, isRaw: true };
  const momentOf = (iso: string) => text('console.at', { at: new Date(iso) });
  const said: string[] = [];
  // The console has a name of its own for each kind.
  const named = (parameters: SentenceParameters): SentenceParameters => {
    const entries = Object.entries(parameters).map(([name, value]) => {
      const key = name in namedBelow ? `${namedBelow[name]}.${String(value)}` : '';
      return [name, isTextKey(key) ? text(key) : value] as const;
    });
    return Object.fromEntries(entries);
  };
  for (const { key, parameters } of sentences) {
    // The page has a button or a link for the same step.
    if (key === 'command') continue;
    const name = `sentence.${key}`;
    if (!isTextKey(name)) return { text: message, isRaw: true };
    try {
      said.push(text(name, valuesIn(language, named(parameters), momentOf)));
    } catch {
      // A service of another release gives the sentence other parameters.
      return { text: message, isRaw: true };
    }
  }
  return { text: said.join(unspaced.includes(language) ? '' : ' '), isRaw: false };
}
