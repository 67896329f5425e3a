/** Turns a refusal of an API into a message for the form that was sent, in the language of the page. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { errorEnvelope } from '@gatehouse/contracts/answers';
import { definedOnly } from '@gatehouse/contracts/values';
import type { z } from 'zod';
import { isTextKey, type Text, type Values } from '../../texts/texts.ts';

export interface Problem {
  status: number;
  /** Of the whole, for people. */
  message: string;
  /** Message by field, as the API names it without `data.` in front. */
  fields: Readonly<Record<string, string>>;
}

/** Refusals that the person can do something about in the form; all others are pages. */
const ofForms = [400, 409, 412, 422];

/** The console itself finds a form wrong: the reason for each field, in the language of the page. */
export class RefusedForm extends Error {
  readonly problem: Problem;

  constructor(fields: Problem['fields'], status = 400) {
    const message = Object.values(fields).join(' ');
    super(message);
    this.problem = { status, message, fields };
  }
}

export type Attempt<T> = { done: T; problem?: undefined } | { done?: undefined; problem: Problem };

/**
 * 412: the thing was changed meanwhile; show a comparison. `also`: further statuses that the form can do something about,
 * such as 404 where it names something. @throws UpstreamError for all that no form can correct
 */
export async function attempt<T>(
  { text }: { text: Text },
  call: () => Promise<T>,
  also: readonly number[] = [],
): Promise<Attempt<T>> {
  try {
    return { done: await call() };
  } catch (error) {
    if (error instanceof RefusedForm) return { problem: error.problem };
    if (!(error instanceof UpstreamError) || ![...ofForms, ...also].includes(error.status ?? 0)) throw error;
    return { problem: problemOf(error, text) };
  }
}

type Refusal = Pick<z.output<typeof errorEnvelope>['status'], 'message' | 'reason' | 'limit'>;

export function problemOf({ status = 0, body }: UpstreamError, text: Text): Problem {
  const read = errorEnvelope.safeParse(parsed(body));
  if (!read.success) return { status, message: text('console.refused.unsaid'), fields: {} };
  const { status: whole, errors = [] } = read.data;
  const named = [whole, ...errors.map((error) => error.status)].filter(({ field }) => field !== undefined);
  const fields = named.map(({ field = '', ...refusal }) => [
    field.replace(/^data\./, ''),
    wordsOf(text, refusal, 'console.refused.value'),
  ]);
  const [only, another] = named;
  // The message of a single field says everything. For several fields, the message of the API names them all.
  const about = only !== undefined && another === undefined ? { ...whole, ...only } : whole;
  const general = status === 409 ? 'console.refused.conflict' : 'console.refused.request';
  return { status, message: wordsOf(text, about, general), fields: Object.fromEntries(fields) };
}

type General = 'console.refused.value' | 'console.refused.conflict' | 'console.refused.request';

/** Their texts name a bound. */
const bounded = /^(?:too|limit)_/;

/**
 * `general`: what is said where there is no text for the reason. Texts that cannot say all end with the API's own words, which
 * are English.
 */
function wordsOf(text: Text, { message, reason, limit }: Refusal, general: General): string {
  if (message === undefined) return text('console.refused.unsaid');
  const key = `console.refused.${reason}`;
  const isSaid = reason !== undefined && isTextKey(key) && (limit !== undefined || !bounded.test(reason));
  return text(isSaid ? key : general, definedOnly({ detail: message, limit }) as Values);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
