/** Plans one document: whether it may say what it says, and what differs. */
import {
  type Document,
  differenceOf,
  documentKinds,
  fieldProblemOf,
  fieldsOf,
  isSameValue,
  type PlannedChange,
  secretPathsOf,
  valueAt,
} from '@gatehouse/contracts/documents';
import { hiddenValue } from '@gatehouse/service-kit/changes';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { GivenSecrets, Reading, Thing, Wanted } from './thing.ts';

type Difference = PlannedChange['fields'][number];

/** A misspelt field would silently stay as it is, and a secret would be kept in a repository. @throws AppError 400 */
export function requireKnownFields(document: Document): void {
  const problem = fieldProblemOf(document);
  if (problem === undefined) return;
  const { message, ...where } = problem;
  throw badRequest(message, where);
}

export interface Compared {
  /** The fields that the document sets, secrets included. */
  supplied: string[];
  differences: Difference[];
}

export function compared(wanted: Wanted, { spec }: Reading, secrets: GivenSecrets): Compared {
  const { document, present } = wanted;
  const { merged } = documentKinds[document.kind];
  const secretPaths = secretPathsOf(document);
  const differences: Difference[] = [];
  const fields = fieldsOf(spec, merged);
  if (present !== undefined && present.metadata.name !== document.metadata.name)
    differences.push({ field: 'metadata.name', from: present.metadata.name, to: document.metadata.name });
  for (const [field, to] of fields) {
    const isSecret = secretPaths.has(field);
    const from = isSecret ? hidden(present, field) : present && valueAt(present.spec, field);
    if (present !== undefined && isSameValue(from, to)) continue;
    differences.push(differenceOf(field, from, to));
  }
  for (const field of Object.keys(secrets.changed))
    differences.push(differenceOf(field, hidden(present, field), hiddenValue));
  const given = [...Object.keys(secrets.changed), ...Object.keys(secrets.same)];
  return { supplied: [...fields.keys(), ...given].sort(), differences };
}

function hidden(present: Thing | undefined, field: string): string | undefined {
  return present?.secrets[field] === undefined ? undefined : hiddenValue;
}
