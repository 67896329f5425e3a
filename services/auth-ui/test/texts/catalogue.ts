/** Reads the texts of a language, with the English that stands elsewhere: of described fields, and of the sentences of services. */
import { readFileSync } from 'node:fs';
import { fieldTexts, sentenceTexts } from '../../src/texts/texts.ts';

const folder = new URL('../../src/texts/', import.meta.url);

export function catalogue(language: string): Record<string, string> {
  const texts = JSON.parse(readFileSync(new URL(`${language}.json`, folder), 'utf8'));
  return language === 'en' ? { ...texts, ...fieldTexts, ...sentenceTexts } : texts;
}
