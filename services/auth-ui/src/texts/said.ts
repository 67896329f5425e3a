/** Says what a service found in the language of the reader, where the service gave its sentences and their texts are known. */
import type { Finding } from '@gatehouse/contracts/answers';
import type { Language } from '@gatehouse/service-kit/html';
import { type SaidText, saidIn as saidBy } from '@gatehouse/service-kit/sentences';
import { isTextKey, type Text, type TextKey } from './texts.ts';

/** The page has a button or a link for the same step. */
const unsaid = ['command'];

export function saidIn(
  { language, text }: { language: Language; text: Text },
  found: Pick<Finding, 'message' | 'sentences'>,
): SaidText {
  const reader = {
    language,
    has: isTextKey,
    text: (key: string, values?: Record<string, string | number>) => text(key as TextKey, values),
    momentOf: (iso: string) => text('console.at', { at: new Date(iso) }),
  };
  return saidBy(reader, found, unsaid);
}
