import { expect, test } from 'vitest';
import { createSecretVerifier } from '../../src/credentials/secret-verifier.ts';

function build() {
  let comparisons = 0;
  const verifier = createSecretVerifier({
    now: () => 0,
    concurrency: 2,
    failuresPerOwner: 5,
    matches: async (stored, secret) => {
      comparisons += 1;
      return stored === `slow ${secret}`;
    },
  });
  const verify = (presented: string) =>
    verifier.verify({
      kind: 'client',
      owner: 'c',
      secrets: [{ hash: 'slow right' }],
      presented: [presented],
      clientAddress: '127.0.0.1',
    });
  return { verify, comparisons: () => comparisons };
}

test('fifty first requests at once with the right secret all pass, with one slow comparison', async () => {
  const { verify, comparisons } = build();
  const results = await Promise.all(Array.from({ length: 50 }, () => verify('right')));
  expect(results).toEqual(Array.from({ length: 50 }, () => true));
  expect(comparisons()).toBe(1);
});

test('fifty different guesses at once get no more than the allowed attempts', async () => {
  const { verify, comparisons } = build();
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => verify(`guess ${index}`)),
  );
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(45);
  expect(comparisons()).toBe(5);
});
