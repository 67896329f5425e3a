/** Names each text of the pages that a language lacks, or has alone. English of described fields stands in their descriptions. */
import { readdirSync, readFileSync } from 'node:fs';
import { fieldTexts, sentenceTexts } from '../../services/auth-ui/src/texts/texts.ts';

export function missingTexts(root: string): string[] {
  const folder = `${root}/services/auth-ui/src/texts`;
  const keysOf = (file: string) => Object.keys(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
  const english = new Set([...keysOf('en.json'), ...Object.keys(fieldTexts), ...Object.keys(sentenceTexts)]);
  const others = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'en.json');
  return others.flatMap((file) => {
    const own = new Set(keysOf(file));
    return [
      ...[...english].filter((key) => !own.has(key)).map((key) => `${folder}/${file}: ${key} is missing`),
      ...[...own]
        .filter((key) => !english.has(key))
        .map((key) => `${folder}/${file}: ${key} is no text of the pages`),
    ];
  });
}
