/** Reads a file of people that was sent to the console, and compares it with the people store. */
import {
  type Change,
  keys,
  missingWays,
  PeopleFileError,
  planOf,
  readPeople,
  sumsOf,
} from '@gatehouse/api-client/people-file';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { z } from 'zod';
import { isTextKey } from '../../texts/texts.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { centerField } from './names.ts';
import { peopleOf } from './store.ts';

/** As a form: some characters take three bytes. */
export const bodyLimit = 2 * 1024 * 1024;
/** Each two hundred take a request of seconds. A larger file is a task for the command line. */
const maxRows = 2_000;
const maxProblems = 20;

export const importFields = z.object({
  ...centerField,
  document: z.string().max(bodyLimit).default(''),
  key: z.enum(keys).default('userName'),
  missing: z.enum(missingWays).default('stay'),
  /** The digest of the plan that the person agrees to. */
  seen: z.string().max(64).default(''),
  name: typedText(512),
});

export type ImportFields = z.output<typeof importFields>;

export interface Planned {
  plan: Change[];
  sums: ReturnType<typeof sumsOf>;
  digest: string;
}

/** @throws RefusedForm that names the lines */
export async function plannedOf(visit: ConsoleVisit, fields: ImportFields): Promise<Planned> {
  const { contactCenter, document, key, missing } = fields;
  const file = fileOf(visit, document, key);
  if (file.rows.length === 0 && missing !== 'stay')
    throw new RefusedForm({ missing: visit.text('console.people.import.nobody') });
  if (file.rows.length > maxRows)
    throw new RefusedForm({ document: visit.text('console.people.import.tooMany', { limit: maxRows }) });
  const plan = planOf(file, await peopleOf(visit, contactCenter).list(), { key, missing });
  return { plan, sums: sumsOf(plan), digest: sha256(JSON.stringify(plan)) };
}

function fileOf({ text }: ConsoleVisit, document: string, key: ImportFields['key']) {
  try {
    return readPeople(document, key);
  } catch (error) {
    if (!(error instanceof PeopleFileError)) throw error;
    const said = error.problems.slice(0, maxProblems).map(({ line, reason, values, message }) => {
      const textKey = `console.people.import.problem.${reason}`;
      const words = isTextKey(textKey) ? text(textKey, values) : message;
      return line === 0 ? words : text('console.people.import.line', { line, problem: words });
    });
    const more = error.problems.length - said.length;
    if (more > 0) said.push(text('console.people.import.problems.more', { count: more }));
    throw new RefusedForm({ document: said.join(' ') });
  }
}
