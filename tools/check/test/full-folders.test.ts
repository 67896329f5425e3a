import { expect, it } from 'vitest';
import { tooFull } from '../full-folders.ts';

const filesOf = (folder: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${folder}/${index}.ts`);

it('a folder of more than 25 files is named; its folders count for themselves', () => {
  const paths = [
    ...filesOf('tools/full', 26),
    ...filesOf('tools/fits', 25),
    ...filesOf('tools/fits/inner', 25),
  ];
  expect(tooFull(paths)).toEqual(['tools/full has 26 files: at most 25, so give some a folder']);
});
