/** Checks that the field and the column of `npm run test:add-a-field` still fit the sources, and how many files they take. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { plantedTexts } from '../plant.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it.each([
  ['field', 5],
  ['column', 1],
] as const)('the %s fits, and takes at most %i written files', (name, most) => {
  const files = [...plantedTexts(root, name).keys()];
  const written = files.filter((path) => !path.startsWith('services/auth-ui/src/texts/'));
  expect(written.length).toBeLessThanOrEqual(most);
});
