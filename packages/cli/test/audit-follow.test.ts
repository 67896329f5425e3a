/** `gatehouse audit tail --follow`: what somebody reads who leaves it running. */

import { UpstreamError } from '@gatehouse/api-client/http';
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import { expect, it } from 'vitest';
import { type Follow, followEvents } from '../src/commands/audit/follow.ts';

const event = (seq: number) => ({ seq, name: `event ${seq}` }) as SecurityEvent;
const answer = (seqs: readonly number[], nextCursor?: number) => ({
  status: { code: 0 },
  data: seqs.map(event),
  people: [],
  ...(nextCursor === undefined ? {} : { nextCursor: String(nextCursor) }),
});
const denied = new UpstreamError('Auth API', 401, '');

/** Each answer is given once; then the credentials are no longer good, which ends it. */
async function follow(
  answers: ((after: number) => ReturnType<typeof answer>)[],
  options: Partial<Follow> = {},
) {
  const printed: number[] = [];
  const notes: string[] = [];
  const left = [...answers];
  await expect(
    followEvents({
      find: async (after) => {
        const next = left.shift();
        if (next === undefined) throw denied;
        return next(after) as Awaited<ReturnType<Follow['find']>>;
      },
      shown: [],
      after: 0,
      pauseMs: 0,
      print: async (events) => void printed.push(...events.map(({ seq }) => seq)),
      note: (sentence) => void notes.push(sentence),
      ...options,
    }),
  ).rejects.toBe(denied);
  return { printed, notes };
}

it('an event whose transaction ended after that of a later one is told too, and each event once', async () => {
  const committed = [3, 5];
  const after = (from: number) => answer(committed.filter((seq) => seq > from).toSorted((a, b) => a - b));

  const { printed } = await follow(
    [
      after,
      (from) => {
        committed.push(4);
        return after(from);
      },
      after,
    ],
    { shown: [event(3)] },
  );

  expect(printed).toEqual([5, 4]);
});

it('what is settled is not asked for again', async () => {
  const asked: number[] = [];
  const { printed } = await follow(
    [1, 2, 3].map((seq) => (from) => {
      asked.push(from);
      return answer([seq]);
    }),
    { settleMs: 0 },
  );

  expect(asked).toEqual([0, 1, 2]);
  expect(printed).toEqual([1, 2, 3]);
});

it('goes on where it was after the service was away, and says both', async () => {
  const away = () => {
    throw new UpstreamError('Auth API', undefined, '');
  };
  const busy = () => {
    throw new UpstreamError('Auth API', 503, '');
  };
  const { printed, notes } = await follow([() => answer([1]), away, busy, () => answer([1, 2])]);

  expect(printed).toEqual([1, 2]);
  expect(notes).toEqual(['Auth API did not answer: trying again until it does', 'It answers again.']);
});

it('takes all pages of what came meanwhile', async () => {
  const { printed } = await follow([() => answer([1, 2], 2), (from) => answer([from + 1])]);
  expect(printed).toEqual([1, 2, 3]);
});
