/** Turns a refusal of an API into a message for the form that was sent. */
import { UpstreamError } from '@gatehouse/api-client/upstream-error';
import { errorEnvelope } from '@gatehouse/contracts/envelope';

export interface Problem {
  status: number;
  /** Of the API, in English. */
  message: string;
  /** Message by field, as the API names it without `data.` in front. */
  fields: Readonly<Record<string, string>>;
}

/** Refusals that the person can do something about in the form; all others are pages. */
const ofForms = [400, 409, 412, 422];

export type Attempt<T> = { done: T; problem?: undefined } | { done?: undefined; problem: Problem };

/**
 * 412: the thing was changed meanwhile; show a comparison. `also`: further statuses that the form can do something about,
 * such as 404 where it names something. @throws UpstreamError for all that no form can correct
 */
export async function attempt<T>(call: () => Promise<T>, also: readonly number[] = []): Promise<Attempt<T>> {
  try {
    return { done: await call() };
  } catch (error) {
    if (!(error instanceof UpstreamError) || ![...ofForms, ...also].includes(error.status ?? 0)) throw error;
    return { problem: problemOf(error) };
  }
}

export function problemOf({ status = 0, body }: UpstreamError): Problem {
  const read = errorEnvelope.safeParse(parsed(body));
  if (!read.success) return { status, message: '', fields: {} };
  const { status: whole, errors = [] } = read.data;
  const fields = [whole, ...errors.map((error) => error.status)]
    .filter(({ field }) => field !== undefined)
    .map(({ field = '', message = '' }) => [field.replace(/^data\./, ''), readable(message)]);
  return { status, message: whole.message ?? '', fields: Object.fromEntries(fields) };
}

/** An empty field is not sent, and the API says so in the words of its schema. */
function readable(message: string): string {
  return /received undefined$/.test(message) ? 'This is missing.' : message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
