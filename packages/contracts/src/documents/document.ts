/** Describes a document of configuration as code, as it is sent to `POST /environment/v3/apply`. */
import { z } from 'zod';
import { freeText, label } from '../values/text.ts';
import { type DocumentKindName, documentKindNames, documentKinds, type PlaceName } from './kinds.ts';

export const documentApiVersion = 'gatehouse/v1';

const kinds = documentKindNames.join(', ');
const maxNameLength = 2048;

/** Strict: a misspelt `contactCenter` would name another thing. */
const metadataSchema = z.strictObject({
  name: label(maxNameLength),
  formerName: label(maxNameLength).optional(),
  contactCenter: label().optional(),
  location: label().optional(),
  way: label(512).optional(),
});

/** `secrets` has the values by the path of their field, so that `spec` never holds one. */
export const documentSchema = z
  .strictObject({
    apiVersion: z.literal(documentApiVersion, { error: `must be ${documentApiVersion}` }),
    kind: z.enum(documentKindNames, { error: `must be one of ${kinds}` }),
    metadata: metadataSchema,
    spec: z.record(z.string(), z.unknown()).default({}),
    secrets: z.record(label(), freeText(65_536).min(1, 'must not be empty')).optional(),
  })
  .superRefine(({ kind, metadata }, context) => {
    const { specs, isRenamable } = documentKinds[kind];
    for (const place of ['contactCenter', 'location', 'way'] as const) {
      const message = placeProblem(kind, place, metadata[place]);
      if (message !== undefined) context.addIssue({ code: 'custom', path: ['metadata', place], message });
    }
    if (specs[''] === undefined && !Object.hasOwn(specs, metadata.name))
      context.addIssue({
        code: 'custom',
        path: ['metadata', 'name'],
        message: `must be ${Object.keys(specs).join(' or ')}`,
      });
    if (metadata.formerName !== undefined && !isRenamable)
      context.addIssue({
        code: 'custom',
        path: ['metadata', 'formerName'],
        message: `a ${kind} cannot be renamed: leave it out`,
      });
  });

function placeProblem(kind: DocumentKindName, place: PlaceName, value: string | undefined) {
  const rule = documentKinds[kind].places[place];
  if (rule === undefined) return value === undefined ? undefined : `a ${kind} has none: leave it out`;
  return rule.isNeeded && value === undefined ? 'is missing' : undefined;
}

/** As it is checked. */
export type Document = z.output<typeof documentSchema>;
/** As it is sent. */
export type DocumentInput = z.input<typeof documentSchema>;

/** The fields that the spec of a document may have. @throws Error for a name that `documentSchema` refuses */
export function specOfDocument({ kind, metadata }: Pick<Document, 'kind' | 'metadata'>) {
  const { specs } = documentKinds[kind];
  const spec = specs[''] ?? specs[metadata.name];
  if (spec === undefined) throw new Error(`${kind} has no spec for ${metadata.name}`);
  return spec;
}

/** The same text for two documents that mean one thing. */
export function documentKey({ kind, metadata }: Pick<Document, 'kind' | 'metadata'>): string {
  const { places } = documentKinds[kind];
  const at = Object.entries(places).map(
    ([place, { default: usual }]) => metadata[place as PlaceName] ?? usual ?? null,
  );
  return JSON.stringify([kind, metadata.name, ...at]);
}
