import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instance, type Query } from './consul-stand-in.ts';
import { watchStandIn } from './consul-watch.ts';

type Event =
  | { kind: 'list'; ids: string[]; indexStep: number }
  | { kind: 'empty'; indexStep: number }
  | { kind: 'status'; status: number }
  | { kind: 'hang-up' };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('list' as const), ids: idLists(), indexStep: steps() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('empty' as const), indexStep: steps() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(403, 429, 500) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'hang-up' as const }) },
);

function idLists() {
  return fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 });
}

/** Now and then the index goes backwards. */
function steps() {
  return fc.constantFrom(0, 1, 1, 7, -5);
}

function play(query: Query, event: Event, index: number): void {
  switch (event.kind) {
    case 'list':
      query.answer(
        event.ids.map((id) => instance(id)),
        { index: String(index) },
      );
      return;
    case 'empty':
      query.answer([], { index: String(index) });
      return;
    case 'status':
      query.answer('no', { status: event.status });
      return;
    case 'hang-up':
      query.hangUp();
  }
}

describe('whatever Consul does', () => {
  it('the last list it gave is kept, and index and pace follow their rules', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
        const watch = await watchStandIn();
        let known: string[] = [];
        let index = 100;
        let expected: string | null = null;
        let failures = 0;
        for (const [number, happening] of events.entries()) {
          const query = await watch.consul.query();
          expect(query.index).toBe(expected);
          expect(query.wait).toBe(expected === null ? null : '55s');
          const isAnswer = happening.kind === 'list' || happening.kind === 'empty';
          if (isAnswer) index += happening.indexStep;
          play(query, happening, index);
          await watch.settled(number + 1);
          if (happening.kind === 'list') known = happening.ids.map((id) => `${id}.test`).sort();
          expect(watch.hosts()).toEqual(known);
          expect(watch.source.problem === undefined).toBe(happening.kind === 'list');
          const wentBack: boolean = isAnswer && expected !== null && index < Number(expected);
          expected = isAnswer && !wentBack ? String(index) : null;
          failures = isAnswer ? 0 : failures + 1;
          const pauseMs = isAnswer ? 1_000 : Math.min(1_000 * 2 ** (failures - 1), 60_000);
          await watch.clock.advance(pauseMs - 1);
          expect(watch.consul.count).toBe(number + 1);
          await watch.clock.advance(1);
        }
        expect(await watch.end()).toEqual({ timers: 0 });
      }),
      { numRuns: 40 },
    );
  });
});
