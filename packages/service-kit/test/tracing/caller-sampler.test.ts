import { expect, it } from 'vitest';
import { callerSampler } from '../../src/tracing/opentelemetry.ts';

it('grants a trace to so many callers a second, and to no more', () => {
  let nowMs = 1_800_000_000_000;
  const sampler = callerSampler({ maxPerSecond: 100, now: () => nowMs });
  const sampled = (requests: number) =>
    Array.from({ length: requests }, () =>
      sampler.shouldSample(...([] as unknown as Parameters<typeof sampler.shouldSample>)),
    ).filter(({ decision }) => decision !== 0).length;

  expect(sampled(5000)).toBe(100);
  nowMs += 1000;
  expect(sampled(60)).toBe(60);
  expect(sampled(60)).toBe(40);
});
