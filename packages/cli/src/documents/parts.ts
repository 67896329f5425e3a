/** Checks what one file says of a document; further layers lay theirs over it. */
import { type Document, documentSchema } from '@gatehouse/contracts/documents';
import type { z } from 'zod';
import type { DocumentProblems } from './problems.ts';
import type { Fields, Path, Reader, SourceDocument } from './read.ts';
import { valueAt } from './specs.ts';

export interface Part {
  source: SourceDocument;
  document: Document;
}

/** From the first layer to the last. */
export type Parts = readonly [Part, ...Part[]];

/** Nothing where it is wrong. */
export function partOf(source: SourceDocument, { placeIn }: Reader, problems: DocumentProblems): Part[] {
  const { secrets, ...value } = source.value;
  if (secrets !== undefined)
    problems.add(
      placeIn(source, ['secrets']),
      'a file has no secrets: write secretRef in place of the value in spec',
    );
  const read = documentSchema.safeParse(value);
  if (read.success) return [{ source, document: read.data }];
  for (const issue of read.error.issues)
    for (const [path, message] of told(issue, value)) problems.add(placeIn(source, path), message);
  return [];
}

function told(issue: z.core.$ZodIssue, value: Fields): [Path, string][] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => [[...path, key], 'is no field here: see the schema of the kind']);
  const isMissing = path.length > 0 && valueAt(value, path) === undefined;
  return [[path, isMissing ? 'is missing' : issue.message]];
}

/** The last layer that has the field, or the innermost object around it. */
export function lastWith(parts: Parts, path: Path): Part {
  for (let length = path.length; length > 0; length -= 1) {
    const part = parts.findLast(({ document }) => valueAt(document, path.slice(0, length)) !== undefined);
    if (part !== undefined) return part;
  }
  return parts[0];
}
