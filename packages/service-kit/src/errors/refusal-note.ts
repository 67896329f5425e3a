/** Remembers why a request is refused, for its log line and for who keeps refusals. */
import type { AppError } from './app-error.ts';

export interface RefusalNote {
  error: AppError;
  /** The client that the request names, proved or not. */
  clientId?: string | undefined;
}

const notes = new WeakMap<object, RefusalNote>();

/** Every error handler does so. Code that answers a refusal itself, such as a redirect, calls it too. */
export function noteRefusal(request: object, error: AppError): void {
  notes.set(request, { error });
}

export function refusalNoteOf(request: object): RefusalNote | undefined {
  return notes.get(request);
}

/** The cause, for programs; the name of the error where no cause is named. */
export function refusalReasonOf({ refusal, why, name }: AppError): string {
  return refusal ?? why.reason ?? name;
}
