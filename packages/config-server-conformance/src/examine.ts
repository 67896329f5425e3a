/** Runs every check against one server, one after the other, each on its own connection. */
import { contentChecks } from './content-checks.ts';
import { framingChecks } from './framing-checks.ts';
import { findObstacle, type Obstacle } from './obstacle.ts';
import { NothingCame } from './raw-connection.ts';
import { sessionChecks } from './session-checks.ts';
import type { Subject } from './subject.ts';

export interface CheckResult {
  name: string;
  /** Undefined when the server conforms. */
  failure: string | undefined;
}

export interface Examination {
  results: CheckResult[];
  /** The failure that kept the remaining checks from being run. */
  obstacle: Obstacle | undefined;
}

/**
 * Calls `onResult` after each check. When a check timed out, the server may have crashed: the next check runs only if the
 * server still answers.
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
    // Servers limit registrations per second.
    await new Promise((resolve) => setTimeout(resolve, 60));
    const obstacle = error instanceof NothingCame ? await findObstacle(subject) : undefined;
    if (obstacle !== undefined) return { results, obstacle };
  }
  return { results, obstacle: undefined };
}
