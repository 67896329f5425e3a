/** Writes the installation as documents. */
import {
  type Document,
  type DocumentKindName,
  documentApiVersion,
  documentKindNames,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Installation, Snapshot } from './estate.ts';
import type { Kind, StoredNames, Thing } from './thing.ts';

type Exported = Pick<Document, 'apiVersion' | 'kind' | 'metadata' | 'spec'>;

/** As JSON; contact centres come in pages, each with what belongs to it. */
export async function* documentPieces(
  { frame, pages }: Pick<Snapshot, 'frame' | 'pages'>,
  kinds: Partial<Record<DocumentKindName, Kind>>,
  contactCenters: StoredNames['contactCenters'],
): AsyncGenerator<string> {
  const environments = new Map(frame.environments.map(({ id, name }) => [id, name]));
  const names = { environments, contactCenters };
  const textOf = (part: Installation) =>
    documentKindNames
      .flatMap((kind) => kinds[kind]?.list(part, names) ?? [])
      .map((thing) => JSON.stringify(documentOf(thing)))
      .join();
  let text = textOf({ ...frame, contactCenters: [] });
  yield `{"status":{"code":0},"data":{"documents":[${text}`;
  const ofAll = { ...frame, locations: [], settings: [], branding: [], environments: [] };
  for await (const page of pages) {
    const next = textOf({ ...ofAll, contactCenters: page });
    yield text === '' ? next : `,${next}`;
    text = next;
  }
  yield ']}}';
}

function documentOf({ kind, metadata, spec }: Thing): Exported {
  return { apiVersion: documentApiVersion, kind, metadata: definedOnly(metadata), spec };
}
