/** Finds what each document is about: by its name, or by the name that it had. */
import { type Document, type DocumentKindName, documentKindNames } from '@gatehouse/contracts/documents';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import { idOf } from './ids.ts';
import type { Names, Thing, Wanted } from './thing.ts';

export interface Matched {
  wanted: Wanted[];
  names: Names;
  /** Of the things that will have other names, by kind. */
  renamed: Map<DocumentKindName, string[]>;
}

/** An id of their own that no name tells. */
const numbered: readonly DocumentKindName[] = ['Environment', 'ContactCenter'];

/** In the order in which they are written. @throws AppError 400 for two documents of one thing */
export function matchDocuments(documents: readonly Document[], things: readonly Thing[]): Matched {
  const byId = new Map(things.map((thing) => [keyOf(thing), thing]));
  const ids = new Map<DocumentKindName, Map<string, string>>(
    numbered.map((kind) => [
      kind,
      new Map(
        things.flatMap((thing) => (thing.kind === kind ? [[nameKey(thing.metadata.name), thing.id]] : [])),
      ),
    ]),
  );
  const idsOf = (kind: DocumentKindName) => ids.get(kind) ?? new Map<string, string>();
  const renamed = new Map<DocumentKindName, string[]>(numbered.map((kind) => [kind, []]));
  for (const { kind, metadata } of documents) {
    const known = ids.get(kind);
    if (known === undefined || known.has(nameKey(metadata.name))) continue;
    const former = metadata.formerName && nameKey(metadata.formerName);
    const id = former === undefined ? undefined : known.get(former);
    if (id !== undefined) renamed.get(kind)?.push(id);
    known.set(nameKey(metadata.name), id ?? randomUuid());
  }
  const order = new Map(documentKindNames.map((kind, index) => [kind, index]));
  const seen = new Map<string, string>();
  const wanted = documents
    .map((document, index): Wanted => {
      const { kind, metadata } = document;
      const centerName = metadata.contactCenter;
      const contactCenterId =
        centerName === undefined ? undefined : idsOf('ContactCenter').get(nameKey(centerName));
      const id = idsOf(kind).get(nameKey(metadata.name)) ?? idOf(document, contactCenterId ?? centerName);
      const at = `documents.${index}`;
      const key = keyOf({ kind, id });
      const earlier = seen.get(key);
      if (earlier !== undefined)
        throw badRequest(`${earlier} and ${at} are about the same ${kind}: keep one`, {
          field: at,
          reason: 'repeated',
        });
      seen.set(key, at);
      return {
        document,
        at,
        id,
        contactCenterId: kind === 'ContactCenter' ? id : contactCenterId,
        present: byId.get(key),
      };
    })
    .sort((one, other) => (order.get(one.document.kind) ?? 0) - (order.get(other.document.kind) ?? 0));
  return {
    wanted,
    renamed,
    names: namesOf(idsOf, things, documents),
  };
}

function namesOf(
  idsOf: (kind: DocumentKindName) => ReadonlyMap<string, string>,
  things: readonly Thing[],
  documents: readonly Document[],
): Names {
  const named =
    (kind: DocumentKindName, called: string, usual: string) =>
    (name: string, field = usual) => {
      const id = idsOf(kind).get(nameKey(name));
      if (id !== undefined) return id;
      throw badRequest(`There is no ${called} ${JSON.stringify(name)}, and no document makes one`, {
        field,
        reason: 'unknown_reference',
      });
    };
  const shown = [...things, ...documents].flatMap(({ kind, metadata: { name } }) =>
    kind === 'ContactCenter' ? [[idsOf(kind).get(nameKey(name)) ?? name, name] as const] : [],
  );
  const names = new Map(shown);
  return {
    environmentId: named('Environment', 'environment', 'spec.environment'),
    contactCenterId: named('ContactCenter', 'contact centre', 'spec.contactCenters'),
    contactCenterName: (id) => names.get(id) ?? id,
  };
}

export function keyOf({ kind, id }: { kind: string; id: string }): string {
  return `${kind} ${id}`;
}

/** In the form in which two spellings of one name are equal. */
const nameKey = (name: string) => name.toLowerCase();
