/** Runs every check against one server. */
import { contentChecks } from './content-checks.ts';
import { framingChecks } from './framing-checks.ts';
import { sessionChecks } from './session-checks.ts';
import type { Subject } from './subject.ts';

export interface CheckResult {
  name: string;
  /** Undefined when the server conforms. */
  failure: string | undefined;
}

/** One after the other, each on a connection of its own; tells each result as it comes. */
export async function examine(
  subject: Subject,
  onResult: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, run } of [...framingChecks, ...sessionChecks, ...contentChecks]) {
    const failure = await run(subject).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const result = { name, failure };
    results.push(result);
    onResult(result);
    await pacing();
  }
  return results;
}

/** Servers limit registrations per second; an examination must not look like a flood. */
function pacing(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 60));
}
