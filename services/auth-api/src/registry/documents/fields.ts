/** Compares what a document says with what is there, and says what is there in the form of a document. */
import {
  type DocumentKindName,
  differenceOf,
  documentKinds,
  isSameValue,
  type PlannedChange,
  type Spec,
  valueAt,
} from '@gatehouse/contracts/documents';

/** @param from undefined: it is to be made */
export function differencesOf(spec: Spec, from: Spec | undefined, to: Spec): PlannedChange['fields'] {
  return Object.keys(spec).flatMap((field) => {
    const values = [from && valueAt(from, field), valueAt(to, field)] as const;
    if (from !== undefined && isSameValue(...values)) return [];
    return [differenceOf(field, ...values)];
  });
}

/** The fields of a view that a document of the kind has; secrets are not among those of a view. */
export function specOf(kind: DocumentKindName, view: Spec): Record<string, unknown> {
  const fields = Object.keys(documentKinds[kind].specs['']?.fields ?? {});
  const given = fields.flatMap((name) => (view[name] === undefined || view[name] === null ? [] : [name]));
  return Object.fromEntries(given.map((name) => [name, view[name]]));
}
