import { expect, it, onTestFinished, vi } from 'vitest';
import { createRepeatingWork } from '../../src/background/repeating-work.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';

const log = createLogger('work', { level: 'silent', format: 'json' });

// attack: have a replica with a wrong clock delete, rotate or chain in the background | CWE-367 | guard: packages/service-kit/src/background/repeating-work.ts
it('work rests while the clock is not trusted, and goes on when it is trusted again', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const trust = { isTrusted: false };
  const round = vi.fn(async () => false);
  const work = createRepeatingWork({
    ...{ log, when: trust, intervalMs: 100, round, failing: 'fails', recovered: 'recovers' },
  });
  work.start();
  await vi.advanceTimersByTimeAsync(1000);
  expect(round).not.toHaveBeenCalled();
  trust.isTrusted = true;
  await vi.advanceTimersByTimeAsync(100);
  expect(round).toHaveBeenCalledOnce();
  await work.stop();
});
