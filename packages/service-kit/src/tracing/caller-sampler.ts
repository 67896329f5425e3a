/**
 * A caller's `traceparent` decides whether its request is traced. Strangers send what they like, so this is granted to so
 * many requests a second and no more: nobody can make us trace everything.
 */
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-node';
import type { Clock } from '../clock.ts';

/** SamplingDecision of OpenTelemetry; the library is loaded only where traces are wanted. */
const notRecord = 0;
const recordAndSample = 2;

export function callerSampler({ mostPerSecond, now }: { mostPerSecond: number; now: Clock }): Sampler {
  let second = 0;
  let granted = 0;
  return {
    shouldSample(): SamplingResult {
      const current = Math.floor(now() / 1000);
      if (current !== second) granted = 0;
      second = current;
      granted += 1;
      return { decision: granted > mostPerSecond ? notRecord : recordAndSample };
    },
    toString: () => `CallerSampler{${mostPerSecond}/s}`,
  };
}
