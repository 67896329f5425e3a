/**
 * Limits how many requests a second are traced because their caller's `traceparent` says so: a stranger who sends the
 * header must not be able to have everything traced.
 */
import { type Sampler, SamplingDecision, type SamplingResult } from '@opentelemetry/sdk-trace-node';
import type { Clock } from '../clock.ts';

export function callerSampler({ maxPerSecond, now }: { maxPerSecond: number; now: Clock }): Sampler {
  let second = 0;
  let granted = 0;
  return {
    shouldSample(): SamplingResult {
      const current = Math.floor(now() / 1000);
      if (current !== second) granted = 0;
      second = current;
      granted += 1;
      return {
        decision: granted > maxPerSecond ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED,
      };
    },
    toString: () => `CallerSampler{${maxPerSecond}/s}`,
  };
}
