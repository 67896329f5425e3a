import { expect, it } from 'vitest';
import { workOff } from '../../src/background/work-off.ts';

const failing = 'something still waits';

it('goes on until nothing waits that waited at the call, and leaves what came later', async () => {
  const waiting = [1, 2, 3];
  const round = async () => {
    if (waiting.shift() === 1) waiting.push(4);
  };
  await workOff({ round, oldest: async () => waiting[0], newest: async () => waiting.at(-1), failing });
  expect(waiting).toEqual([4]);
});

it('says what still waits when nobody does the work', async () => {
  const held = { round: async () => undefined, oldest: async () => 1, newest: async () => 1, failing };
  await expect(workOff(held)).rejects.toThrow(failing);
});
