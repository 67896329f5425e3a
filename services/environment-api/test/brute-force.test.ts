import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const guess = (password: string, from: string) =>
  api.app.inject({
    url: '/environment/v3/environments',
    headers: { authorization: `Basic ${Buffer.from(`ops:${password}`).toString('base64')}` },
    remoteAddress: from,
  });

test('49: the operator password cannot be guessed without limit, in parallel neither', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => guess(`guess ${index}`, '10.0.0.9')),
  );
  const statuses = answers.map(({ statusCode }) => statusCode);
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(80);
  expect((await guess('one more', '10.0.0.10')).statusCode).toBe(401);
});
