/** Does what must be done before a service works, each step until it succeeds, and tells which dependency it waits for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../observability/logging/logger.ts';
import { reasonOf } from './reason.ts';

export interface StartStep {
  /** Of the dependency that it waits for, as the readiness checks name it. */
  name: string;
  /** Is called again when it has failed. */
  run(): Promise<void> | void;
}

export type Start = ReturnType<typeof createStart>;

const firstPauseMs = 250;
const maxPauseMs = 2000;

export function createStart(steps: readonly StartStep[], log: Logger) {
  let awaited = steps[0] && { name: steps[0].name, reason: 'not tried yet' };

  async function untilItSucceeds({ name, run }: StartStep, signal: AbortSignal): Promise<void> {
    awaited = { name, reason: 'not done yet' };
    let logged: string | undefined;
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
      try {
        await run();
        if (logged !== undefined) log.info({ dependency: name }, 'the start goes on');
        return;
      } catch (error) {
        if (signal.aborted) return;
        const reason = reasonOf(error);
        awaited = { name, reason };
        // One line for each reason, not for each attempt.
        if (reason !== logged) log.warn({ dependency: name, reason, err: error }, 'the start waits');
        logged = reason;
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  return {
    /** The step that the start waits for; undefined when all is done. */
    get awaited() {
      return awaited;
    },
    /** Resolves when all is done, or at the signal. Never rejects. */
    async run(signal: AbortSignal): Promise<void> {
      for (const step of steps) {
        await untilItSucceeds(step, signal);
        if (signal.aborted) return;
      }
      awaited = undefined;
    },
  };
}
