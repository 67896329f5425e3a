/** Says which fields and secrets a document may have. */
import { inputsOf } from '../resource/inputs.ts';
import type { ProblemReason } from '../values/problem-reasons.ts';
import { fieldsOf } from './comparison.ts';
import { type Document, specOfDocument } from './document.ts';
import { documentKinds, referenceNames } from './kinds.ts';

/** The paths of what a spec may have, and of its secrets; by the resource. */
const known = new WeakMap<object, { paths: Set<string>; secrets: Set<string> }>();

function knownOf(document: Document) {
  const spec = specOfDocument(document);
  let found = known.get(spec);
  if (found === undefined) {
    const inputs = inputsOf(spec);
    const secrets = new Set(inputs.flatMap(({ path, facts }) => (facts.isSecret ? [path] : [])));
    const paths = new Set(inputs.flatMap(({ path }) => withParents(path)));
    for (const [id, name] of Object.entries(referenceNames)) if (paths.delete(id)) paths.add(name);
    found = { paths, secrets };
    known.set(spec, found);
  }
  return found;
}

function withParents(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

export function secretPathsOf(document: Document): ReadonlySet<string> {
  return knownOf(document).secrets;
}

export interface FieldProblem {
  field: string;
  message: string;
  reason: ProblemReason;
}

/** A misspelt field would silently stay as it is, and a secret would be kept in a repository. */
export function fieldProblemOf(document: Document): FieldProblem | undefined {
  const { kind, spec, secrets = {} } = document;
  const { paths, secrets: secretPaths } = knownOf(document);
  for (const [path, value] of fieldsOf(spec, documentKinds[kind].merged)) {
    const field = `spec.${path}`;
    if (secretPaths.has(path) && value !== null) {
      const message = `${path} is a secret, and no spec holds one: write a secretRef in its place, which gatehouse apply reads`;
      return { field, message, reason: 'wrong_form' };
    }
    if (!paths.has(path)) {
      const message = `a ${kind} has no field ${path}: correct the name or leave it out`;
      return { field, message, reason: 'unknown_field' };
    }
  }
  const unknown = Object.keys(secrets).find((path) => !secretPaths.has(path));
  if (unknown === undefined) return undefined;
  const message = `a ${kind} has no secret ${unknown}: correct the name or leave it out`;
  return { field: `secrets.${unknown}`, message, reason: 'unknown_field' };
}
