/** Asks both services: one that does not answer gives its exit code, and does not hide the answer of the other one. */
import { asked } from '../failure/upstream.ts';
import type { Session } from '../session.ts';

/** Undefined: the service did not answer, which is said on standard error. */
export async function askBoth<OfAuthApi, OfEnvironmentApi>(
  session: Session,
  ...questions: [OfAuthApi | Promise<OfAuthApi>, OfEnvironmentApi | Promise<OfEnvironmentApi>]
): Promise<[OfAuthApi | undefined, OfEnvironmentApi | undefined]> {
  const [auth, environment] = await Promise.all([
    asked(Promise.resolve(questions[0])),
    asked(Promise.resolve(questions[1])),
  ]);
  for (const { failure } of [environment, auth]) {
    if (failure === undefined) continue;
    session.output.note(failure.message);
    session.exitCode = failure.exitCode;
  }
  return [auth.answer, environment.answer];
}
