import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../../src/store/change-log.ts';

function logWith(ids: number[], entriesKept?: number) {
  const log = new ChangeLog('log', entriesKept);
  for (const historyId of ids)
    log.append({ kind: 'deleted', objectType: 3, dbid: historyId, tenantDbid: 1, historyId });
  return log;
}

const ids = (log: ChangeLog, since: number) => log.since('log', since).map(({ historyId }) => historyId);

describe('change log', () => {
  it('answers what came after an id, also where ids have gaps', () => {
    const log = logWith([1, 2, 5, 6, 9]);
    expect(ids(log, 0)).toEqual([1, 2, 5, 6, 9]);
    expect(ids(log, 2)).toEqual([5, 6, 9]);
    expect(ids(log, 3)).toEqual([5, 6, 9]);
    expect(ids(log, 9)).toEqual([]);
  });

  it('refuses another log, the future, and what is too old', () => {
    const log = logWith([1, 2, 3, 4, 5, 6, 7], 4);
    expect(() => log.since('another', 6)).toThrow('does not reach back');
    expect(() => log.since('log', 8)).toThrow('does not reach back');
    expect(() => log.since('log', 1)).toThrow('does not reach back');
    expect(ids(log, 6)).toEqual([7]);
  });
});
