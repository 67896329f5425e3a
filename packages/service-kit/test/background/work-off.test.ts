import { expect, it } from 'vitest';
import { workOff } from '../../src/background/work-off.ts';

const failing = 'something still waits';

it('goes on until nothing waits that waited at the call, and leaves what came later', async () => {
  const waiting = [1, 2, 3, 99];
  const round = async () => waiting.shift();
  await workOff({ now: () => 50, round, oldestMs: async () => waiting[0], failing });
  expect(waiting).toEqual([99]);
});

it('says what still waits when nobody does the work', async () => {
  const held = { now: () => 50, round: async () => undefined, oldestMs: async () => 1, failing };
  await expect(workOff(held)).rejects.toThrow(failing);
});
