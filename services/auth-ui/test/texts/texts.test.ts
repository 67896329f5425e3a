import { readFileSync } from 'node:fs';
import { interactionErrors } from '@gatehouse/contracts/auth-api/interaction';
import { describe, expect, it } from 'vitest';
import { isTextKey, languages, textsIn } from '../../src/texts/texts.ts';

function catalogue(language: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`../../src/texts/${language}.json`, import.meta.url), 'utf8'));
}

/** What only people of the console and of the account area read. */
function isOfConsole(key: string): boolean {
  return /^(?:console|profile|preview)\./.test(key);
}

function placeholdersOf(text: string | undefined): string[] {
  return (text?.match(/\{[a-zA-Z]+\}/g) ?? []).sort();
}

describe('texts', () => {
  const english = catalogue('en');

  it.each(languages)(
    '%s has exactly the keys of English, none empty, with the same placeholders',
    (language) => {
      const other = catalogue(language);
      const needed = Object.keys(english).filter((key) => !isOfConsole(key));
      expect(
        Object.keys(other)
          .filter((key) => !isOfConsole(key))
          .sort(),
      ).toEqual(needed.sort());
      for (const [key, text] of Object.entries(other)) {
        expect(text.trim(), key).not.toBe('');
        expect(placeholdersOf(text), key).toEqual(placeholdersOf(english[key]));
      }
    },
  );

  it('has a title and a text for every reason why a sign-in can fail', () => {
    for (const error of interactionErrors) {
      expect(isTextKey(`problem.${error}.title`), error).toBe(true);
      expect(isTextKey(`problem.${error}.text`), error).toBe(true);
    }
  });

  it('fills in values without reading them as placeholders', () => {
    const text = textsIn('en');
    expect(text('signIn.toApplication', { application: '{application} & $&' })).toBe(
      'to continue to {application} & $&',
    );
  });

  it('takes no key from the prototype for a text', () => {
    expect(isTextKey('constructor')).toBe(false);
  });
});
