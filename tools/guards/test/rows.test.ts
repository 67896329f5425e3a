import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { describe, expect, it } from 'vitest';
import { outcomeOf, unnoticed } from '../outcomes.ts';
import { openRows } from '../rows.ts';

const change = { file: 'a.ts', replace: 'check();', by: '' };
const guard = { name: 'g', path: 'a.guards.yaml', effect: 'e', shownBy: ['a'], changes: [change] };
const row = { name: 'g', attacks: 1, seconds: 2.5, problems: [] };

describe('the rows of a run', () => {
  it('are found by a later one with the same sources and the same changes', async () => {
    await using folder = await madeFolder();
    openRows(folder.path, 'sources').add(guard, row);
    const later = openRows(folder.path, 'sources');
    expect(later.find(guard)).toMatchObject(row);
    expect(later.find({ ...guard, changes: [{ ...change, by: 'void 0;' }] })).toBeUndefined();
    expect(openRows(folder.path, 'others').find(guard)).toBeUndefined();
  });

  it('are not kept of a guard that was not shown', async () => {
    await using folder = await madeFolder();
    const rows = openRows(folder.path, 'sources');
    rows.add(guard, row);
    rows.add(guard, { ...row, problems: ['it was not noticed'] });
    expect(openRows(folder.path, 'sources').find(guard)).toBeUndefined();
  });
});

describe('an attack', () => {
  const attack = { name: 'a', source: 's', guard: 'a.ts', path: 'a.test.ts', title: 'refuses %s' };
  const status = (title: string, value: string, path = 'a.test.ts') => ({ path, title, status: value });

  it.each([
    ['failed', [status('refuses x', 'passed'), status('refuses y', 'failed')]],
    ['passed', [status('refuses x', 'passed'), status('takes y', 'failed')]],
    ['missing', [status('refuses x', 'skipped'), status('refuses x', 'failed', 'b.test.ts')]],
    ['missing', []],
  ])('%s where its own tests did so', (outcome, statuses) => {
    expect(outcomeOf(attack, statuses)).toBe(outcome);
  });

  it('is noticed when one of several tests of it fails', () => {
    const other = { ...attack, title: 'logs it' };
    const third = { ...attack, name: 'b', title: 'ends it' };
    const statuses = [
      status('refuses x', 'passed'),
      status('logs it', 'failed'),
      status('ends it', 'passed'),
    ];
    expect(unnoticed([attack, other, third], statuses)).toEqual([third]);
  });
});

async function madeFolder() {
  const folder = await temporaryFolder();
  return {
    path: join(folder, 'deep/guards.jsonl'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
