/** Plans one document: whether it may say what it says, and what differs. */
import {
  type Document,
  documentKinds,
  fieldsOf,
  isSameValue,
  type PlannedChange,
  specOfDocument,
  valueAt,
} from '@gatehouse/contracts/documents';
import { inputsOf } from '@gatehouse/contracts/resource';
import { hiddenValue } from '@gatehouse/service-kit/changes';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { GivenSecrets, Reading, Thing, Wanted } from './thing.ts';

type Difference = PlannedChange['fields'][number];

/** The paths of what a spec may have, and of its secrets; by the resource. */
const known = new WeakMap<object, { paths: Set<string>; secrets: Set<string> }>();

function knownOf(document: Document) {
  const spec = specOfDocument(document);
  let found = known.get(spec);
  if (found === undefined) {
    const inputs = inputsOf(spec);
    const secrets = new Set(inputs.flatMap(({ path, facts }) => (facts.isSecret ? [path] : [])));
    const paths = new Set(inputs.flatMap(({ path }) => withParents(path)));
    // Documents have names where the API has ids.
    if (paths.delete('environmentId')) paths.add('environment');
    found = { paths, secrets };
    known.set(spec, found);
  }
  return found;
}

function withParents(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

/** A misspelt field would silently stay as it is, and a secret would be kept in a repository. @throws AppError 400 */
export function requireKnownFields(document: Document): void {
  const { kind, spec, secrets = {} } = document;
  const { paths, secrets: secretPaths } = knownOf(document);
  for (const [path, value] of fieldsOf(spec, documentKinds[kind].merged)) {
    if (secretPaths.has(path) && value !== null)
      throw badRequest(
        `${path} is a secret, and no spec holds one: write a secretRef in its place, which gatehouse apply reads`,
        { field: `spec.${path}`, reason: 'wrong_form' },
      );
    if (!paths.has(path))
      throw badRequest(`a ${kind} has no field ${path}: correct the name or leave it out`, {
        field: `spec.${path}`,
        reason: 'unknown_field',
      });
  }
  for (const path of Object.keys(secrets))
    if (!secretPaths.has(path))
      throw badRequest(`a ${kind} has no secret ${path}: correct the name or leave it out`, {
        field: `secrets.${path}`,
        reason: 'unknown_field',
      });
}

export interface Compared {
  /** The fields that the document sets, secrets included. */
  supplied: string[];
  differences: Difference[];
}

export function compared(wanted: Wanted, { spec }: Reading, secrets: GivenSecrets): Compared {
  const { document, present } = wanted;
  const { merged } = documentKinds[document.kind];
  const { secrets: secretPaths } = knownOf(document);
  const differences: Difference[] = [];
  const fields = fieldsOf(spec, merged);
  if (present !== undefined && present.metadata.name !== document.metadata.name)
    differences.push({ field: 'metadata.name', from: present.metadata.name, to: document.metadata.name });
  for (const [field, to] of fields) {
    const isSecret = secretPaths.has(field);
    const from = isSecret ? hidden(present, field) : present && valueAt(present.spec, field);
    if (present !== undefined && isSameValue(from, to)) continue;
    differences.push({
      field,
      ...(from !== undefined && from !== null && { from }),
      ...(to !== null && { to }),
    });
  }
  for (const field of Object.keys(secrets.changed)) {
    const from = hidden(present, field);
    differences.push({ field, ...(from !== undefined && { from }), to: hiddenValue });
  }
  const given = [...Object.keys(secrets.changed), ...Object.keys(secrets.same)];
  return { supplied: [...fields.keys(), ...given].sort(), differences };
}

function hidden(present: Thing | undefined, field: string): string | undefined {
  return present?.secrets[field] === undefined ? undefined : hiddenValue;
}
