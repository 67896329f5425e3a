import { expect, it } from 'vitest';
import { SummedLoad } from '../../src/client/summed-load.ts';

it('the load of a client is that of all its parts, and a part that ends takes away only its own', () => {
  const waiting: number[] = [];
  const inFlight: number[] = [];
  const load = new SummedLoad({
    queueDepth: (count) => waiting.push(count),
    inFlight: (count) => inFlight.push(count),
  });
  const [old, next] = [load.part(), load.part()];
  old.inFlight?.(3);
  next.inFlight?.(2);
  next.queueDepth?.(7);
  old.queueDepth?.(1);
  old.inFlight?.(0);
  old.queueDepth?.(0);
  expect(inFlight).toEqual([3, 5, 2]);
  expect(waiting).toEqual([7, 8, 7]);
});
