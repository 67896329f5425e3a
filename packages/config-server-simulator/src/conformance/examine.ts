/** Runs every check against one server. */

import { NothingCame } from './check-failed.ts';
import { contentChecks } from './content-checks.ts';
import { framingChecks } from './framing-checks.ts';
import { findObstacle, type Obstacle } from './obstacle.ts';
import { sessionChecks } from './session-checks.ts';
import type { Subject } from './subject.ts';

export interface CheckResult {
  name: string;
  /** Undefined when the server conforms. */
  failure: string | undefined;
}

export interface Examination {
  results: CheckResult[];
  /** What kept the remaining checks from being run. */
  obstacle: Obstacle | undefined;
}

/**
 * One after the other, each on a connection of its own; tells each result as it comes. A check that waited in vain may be
 * the one that the server did not survive: the next ones are run only when it still speaks.
 */
export async function examine(
  subject: Subject,
  onResult: (result: CheckResult) => void,
): Promise<Examination> {
  const results: CheckResult[] = [];
  for (const { name, run } of [...framingChecks, ...sessionChecks, ...contentChecks]) {
    const error = await run(subject).then(
      () => undefined,
      (cause: Error) => cause,
    );
    const result = { name, failure: error?.message };
    results.push(result);
    onResult(result);
    await pacing();
    const obstacle = error instanceof NothingCame ? await findObstacle(subject) : undefined;
    if (obstacle !== undefined) return { results, obstacle };
  }
  return { results, obstacle: undefined };
}

/** Servers limit registrations per second; an examination must not look like a flood. */
function pacing(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}
