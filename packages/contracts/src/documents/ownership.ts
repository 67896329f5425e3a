/** Decides whose a field is: nobody sets a field, or deletes a thing, that another owner has made. */
import { areOverlapping } from './comparison.ts';
import type { Document } from './document.ts';
import type { FieldProblem } from './known-fields.ts';

export interface Managed {
  /** The owner that may delete it; `null`: it was there before. */
  madeBy: string | null;
  /** The owner of each field. */
  fields: Record<string, string>;
}

const nobodys: Managed = { madeBy: null, fields: {} };

/** The first field that another owner has set. */
export function conflictOf(
  { kind, metadata }: Pick<Document, 'kind' | 'metadata'>,
  { fields }: Managed = nobodys,
  owner: string,
  supplied: readonly string[],
): FieldProblem | undefined {
  for (const [field, other] of Object.entries(fields))
    if (other !== owner && supplied.some((path) => areOverlapping(path, field)))
      return {
        field: `spec.${field}`,
        message: `${field} of the ${kind} ${JSON.stringify(metadata.name)} is set by ${other}, so ${owner} does not set it: leave it out, or take it over`,
        reason: 'other_owner',
      };
  return undefined;
}

/** Another owner that has set a field of the thing, or made it. */
export function otherOwnerOf({ madeBy, fields }: Managed = nobodys, owner: string): string | undefined {
  return [madeBy, ...Object.values(fields)].find((other) => other !== null && other !== owner) ?? undefined;
}

/** What an apply leaves: the supplied fields are the owner's, and fields that it no longer supplies are nobody's. */
export function nextManaged(
  { madeBy, fields }: Managed = nobodys,
  owner: string,
  { supplied, isMade, takesOver }: { supplied: readonly string[]; isMade: boolean; takesOver: boolean },
): Managed {
  const others = Object.entries(fields).filter(
    ([field, other]) => other !== owner && !supplied.some((path) => areOverlapping(path, field)),
  );
  return {
    madeBy: isMade || (takesOver && madeBy !== null) ? owner : madeBy,
    fields: Object.fromEntries([...others, ...supplied.map((field) => [field, owner])].sort()),
  };
}

/** What is left where the owner has no document any more. */
export function released({ madeBy, fields }: Managed, owner: string): Managed {
  return {
    madeBy: madeBy === owner ? null : madeBy,
    fields: Object.fromEntries(Object.entries(fields).filter(([, other]) => other !== owner)),
  };
}
