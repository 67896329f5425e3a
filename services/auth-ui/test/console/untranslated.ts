/** Finds English in a page that is shown in another language: texts of the catalogue, and sentences that no catalogue has. */
import type { Page } from 'playwright-core';
import { catalogue } from '../texts/catalogue.ts';

const english = catalogue('en');

/** Two of them in one text make it an English sentence: no other language of the console has these words. */
const englishWords = /\b(?:the|is|are|has|have|does|of|with|and|to|this|that|which|its|for|cannot)\b/gi;

/** What is said in English on purpose is marked with its language, or is code. */
export async function untranslated(page: Page, language: string): Promise<string[]> {
  const translated = catalogue(language);
  const differing = Object.entries(english).filter(([key, text]) => translated[key] !== text);
  const texts = new Set(differing.map(([, text]) => text));
  // A text of the other language may look like an English one of another key.
  for (const text of Object.values(translated)) texts.delete(text);
  // They quote the words of a driver, a server or an API, where the console has none.
  const quoting = Object.values(translated).flatMap((text) => {
    const [, words] = /^(.{6,}?)\{(?:detail|problem|reason)\}/.exec(text) ?? [];
    return words === undefined ? [] : [asPattern(words)];
  });
  const shown = await textsOf(page, language);
  if (shown.length === 0) return [`nothing is shown in ${language}`];
  const isSentence = (text: string) =>
    new Set(text.toLowerCase().match(englishWords)).size > 1 && !quoting.some((words) => words.test(text));
  return shown.filter((text) => texts.has(text) || isSentence(text));
}

/** A value may stand where the text has an argument. */
const asPattern = (words: string) =>
  new RegExp(
    words
      .split(/\{\w+\}/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.+'),
  );

function textsOf(page: Page, language: string): Promise<string[]> {
  return page.evaluate((shownLanguage) => {
    const isIn = (element: Element | null) =>
      element !== null &&
      element.closest('[lang]')?.getAttribute('lang') === shownLanguage &&
      element.closest('code, pre, samp, script, style, textarea, noscript') === null;
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node instanceof Text && isIn(node.parentElement)) found.push(node.data);
      if (!(node instanceof Element) || !isIn(node)) continue;
      for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
        found.push(node.getAttribute(name) ?? '');
    }
    return [...new Set(found.map((text) => text.replace(/\s+/g, ' ').trim()))].filter((text) => text !== '');
  }, language);
}
