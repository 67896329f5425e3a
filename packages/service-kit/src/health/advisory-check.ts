/** Shows in `/health` a dependency without which the service goes on: by a probe of the diagnosis, at a slow pace. */
import { examine, type Probe } from './diagnosis.ts';
import type { ReadinessCheck } from './readiness.ts';

/** The others must not notice that they are asked. */
const paceMs = 15_000;

export function advisoryCheck(name: string, probe: Probe): ReadinessCheck {
  let failure: string | undefined = 'not asked yet';
  let askedAtMs = Number.NEGATIVE_INFINITY;

  async function ask(): Promise<void> {
    const { findings } = await examine([probe]);
    failure = findings.find(({ status }) => status === 'failed')?.message;
  }

  return {
    name,
    isAdvisory: true,
    /** Answers by what was learned last. */
    async check() {
      const atMs = performance.now();
      if (atMs - askedAtMs >= paceMs) {
        askedAtMs = atMs;
        void ask();
      }
      if (failure !== undefined) throw new Error(failure);
    },
  };
}
