/** Writes the texts that the error pages of every service need, from the texts of Auth UI. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const needed = /^(?:error\.|support\.|language\.(?:name|choose)$)/;

/** packages/service-kit/src/html/error-texts.json */
export async function errorTexts(root: string): Promise<string> {
  const folder = join(root, 'services/auth-ui/src/texts');
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
  const english = JSON.parse(readFileSync(join(folder, 'en.json'), 'utf8'));
  const keys = Object.keys(english).filter((key) => needed.test(key));
  const catalogues = files.map((file) => {
    const texts: Record<string, string> = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return [file.slice(0, -'.json'.length), Object.fromEntries(keys.map((key) => [key, texts[key]]))];
  });
  return `${JSON.stringify(Object.fromEntries(catalogues), null, 2)}\n`;
}
