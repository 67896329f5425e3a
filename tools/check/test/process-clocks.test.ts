import { expect, it } from 'vitest';
import { clocksIn } from '../process-clocks.ts';

it.each(['const at = Date.now();', 'now = Date.now,', 'const day = new Date().toISOString();'])(
  'refuses %s',
  (source) => expect(clocksIn(source)).toEqual([`1 ${source}`]),
);

it.each(['new Date(now())', 'performance.now()', 'Date.parse(text)', 'Date.UTC(2026, 1)'])(
  'takes %s',
  (source) => expect(clocksIn(source)).toEqual([]),
);
