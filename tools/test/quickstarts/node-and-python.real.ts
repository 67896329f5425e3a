import { expect, test } from 'vitest';
import { blocksOf, languages } from './page.ts';
import { runQuickstarts } from './programs.ts';

const pages = ['single-page-application', 'web-application', 'api', 'service-to-service'];

test.each(pages)('%s is told in Node, Python and Java, each program in at most 60 lines', (page) => {
  const blocks = blocksOf(`start/quickstarts/${page}`);
  for (const language of languages)
    expect(blocks.some(({ section, label }) => section === language && ['run', 'once'].includes(label))).toBe(
      true,
    );
  const programs = blocks.filter(({ label }) => label.includes('.'));
  expect(programs.length).toBeGreaterThan(1);
  for (const { label, text } of programs) expect(text.split('\n').length - 1, label).toBeLessThanOrEqual(60);
});

runQuickstarts(['Node', 'Python']);
