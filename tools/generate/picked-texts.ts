/** Writes the texts of Auth UI that other programs say too: error pages of every service, and messages about problems. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentences } from '@gatehouse/contracts/sentences';

/** English sentences stand where the services have them. */
const englishSentences = Object.fromEntries(
  Object.entries(sentences).map(([key, sentence]) => [`sentence.${key}`, sentence]),
);

/** A file with the texts whose keys match, by language. */
export const pickedTexts =
  (needed: RegExp) =>
  async (root: string): Promise<string> => {
    const folder = join(root, 'services/auth-ui/src/texts');
    const catalogueOf = (language: string): Record<string, string> => ({
      ...(language === 'en' ? englishSentences : {}),
      ...JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')),
    });
    const languages = readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .sort();
    const keys = Object.keys(catalogueOf('en')).filter((key) => needed.test(key));
    const catalogues = languages.map((language) => {
      const texts = catalogueOf(language);
      return [language, Object.fromEntries(keys.map((key) => [key, texts[key]]))];
    });
    return `${JSON.stringify(Object.fromEntries(catalogues), null, 2)}\n`;
  };
