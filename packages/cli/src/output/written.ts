/** What a write answers: its sentence, and the warnings beside it. */
import type { Written } from '@gatehouse/contracts/administration-calls';
import type { Session } from '../session.ts';

export function tellWritten(
  { output }: Session,
  sentence: string,
  { data, warnings }: Written<unknown>,
): void {
  for (const { field, message } of warnings) output.note(`Warning: ${field}: ${message}`);
  output.done(sentence, data);
}
