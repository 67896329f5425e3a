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

type Own = Pick<Thing, 'kind' | 'metadata' | 'spec'>;
type Exported = Pick<Document, 'apiVersion' | 'kind' | 'metadata' | 'spec'>;

/** As JSON; contact centres come in pages, each with what belongs to it. */
export async function* documentPieces(
  { frame, pages }: Pick<Snapshot, 'frame' | 'pages'>,
  kinds: Partial<Record<DocumentKindName, Kind>>,
  { names: contactCenters, forwarded }: { names: StoredNames['contactCenters']; forwarded: readonly Own[] },
): AsyncGenerator<string> {
  const environments = new Map(frame.environments.map(({ id, name }) => [id, name]));
  const names = { environments, contactCenters };
  const textOf = (part: Installation) =>
    documentKindNames
      .flatMap((kind) => kinds[kind]?.list(part, names) ?? [])
      .map((thing) => JSON.stringify(documentOf(thing)))
      .join();
  yield '{"status":{"code":0},"data":{"documents":[';
  let isFirst = true;
  const next = (text: string) => {
    if (text === '') return '';
    const separator = isFirst ? '' : ',';
    isFirst = false;
    return separator + text;
  };
  yield next(textOf({ ...frame, contactCenters: [] }));
  const ofAll = { ...frame, locations: [], settings: [], branding: [], environments: [] };
  for await (const page of pages) yield next(textOf({ ...ofAll, contactCenters: page }));
  yield next(forwarded.map((one) => JSON.stringify(documentOf(one))).join());
  yield ']}}';
}

function documentOf({ kind, metadata, spec }: Own): Exported {
  return { apiVersion: documentApiVersion, kind, metadata: definedOnly(metadata), spec };
}
