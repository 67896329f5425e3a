/** Reads every decision record: one page, which a reader takes in at one sitting, with the same four parts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../../docs/contributing/decisions/', import.meta.url));
const records = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
/** Words of a page; the marks of a table are none. */
const longest = 560;

describe.each(records)('the record %s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');

  it('has date, status, context, decision, alternatives and consequences', () => {
    expect(text).toMatch(/^# .+\n\n- Date: .+\n- Status: .+\n/);
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(parts).toEqual(['Context', 'Decision', 'Alternatives', 'Consequences']);
  });

  it('fits on one page', () => {
    expect(text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length).toBeLessThanOrEqual(
      longest,
    );
  });
});
