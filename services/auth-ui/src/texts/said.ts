/** Says what a service found in the language of the reader, where the service gave its sentences and their texts are known. */
import type { Finding, Problem } from '@gatehouse/contracts/answers';
import type { Language } from '@gatehouse/service-kit/html';
import { type SaidText, saidAbout as saidAboutBy, saidIn as saidBy } from '@gatehouse/service-kit/sentences';
import { isTextKey, type Text, type TextKey } from './texts.ts';

/** The page has a button or a link for the same step. */
const unsaid = ['command'];

type Visit = { language: Language; text: Text };

export function saidIn(visit: Visit, found: Pick<Finding, 'message' | 'sentences'>): SaidText {
  return saidBy(readerOf(visit), found, unsaid);
}

/** `understood`: subjects that the page is about. */
export function saidAbout(visit: Visit, problem: Problem, understood: readonly string[]): SaidText {
  return saidAboutBy(readerOf(visit), problem, understood);
}

function readerOf({ language, text }: Visit) {
  return {
    language,
    has: isTextKey,
    text: (key: string, values?: Record<string, string | number>) => text(key as TextKey, values),
    momentOf: (iso: string) => text('console.at', { at: new Date(iso) }),
  };
}
