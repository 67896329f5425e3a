/** Makes the documents that are sent of the files: overlays laid over what they change, and secrets beside the specs. */
import { type DocumentInput, documentKey, secretPathsOf } from '@gatehouse/contracts/documents';
import { lastWith, type Part, type Parts, partOf } from './parts.ts';
import { DocumentProblems, type ProblemPlace } from './problems.ts';
import { createReader, type Path, type Reader } from './read.ts';
import { resolveSecret, type SecretPlaces } from './secrets.ts';
import type { Layer } from './sources.ts';
import { laidOver, valueAt, withoutReferences } from './specs.ts';

export interface Configuration {
  documents: DocumentInput[];
  /** Where a field of a document is written: in the last layer that has it. */
  placeOf(index: number, path: Path): ProblemPlace;
}

/** @throws Failure that names each file, line and field that is wrong */
export function configurationOf(layers: readonly Layer[], places: SecretPlaces): Configuration {
  const problems = new DocumentProblems();
  const reader = createReader(problems);
  const all = layeredParts(layers, reader, problems);
  problems.end();
  const documents = all.map((parts) => documentOf(parts, { places, reader, problems }));
  problems.end();
  return {
    documents,
    placeOf(index, path) {
      const parts = all[index];
      if (parts === undefined) throw new Error(`there is no document ${index}`);
      return reader.placeIn(lastWith(parts, path).source, path);
    },
  };
}

/** A document of a later layer changes the one of the same kind, name and place; within a layer that is a mistake. */
function layeredParts(layers: readonly Layer[], reader: Reader, problems: DocumentProblems): Parts[] {
  const wanted = new Map<string, Parts>();
  for (const layer of layers) {
    const sources = layer.flatMap((file) => reader.documentsOf(file));
    const inLayer = new Map<string, Part>();
    for (const part of sources.flatMap((source) => partOf(source, reader, problems))) {
      const key = documentKey(part.document);
      const first = inLayer.get(key);
      if (first === undefined) {
        inLayer.set(key, part);
        const below = wanted.get(key);
        wanted.set(key, below === undefined ? [part] : [...below, part]);
      } else {
        const other = reader.placeIn(first.source, nameField);
        const message = `is also in ${shownPlace(other)}: keep one, or lay it over the other one by a later -f`;
        problems.add(reader.placeIn(part.source, nameField), message);
      }
    }
  }
  return [...wanted.values()];
}

const nameField = ['metadata', 'name'];

/** `clients.yaml:12`. */
export const shownPlace = ({ file, line }: ProblemPlace): string =>
  line === undefined ? file : `${file}:${line}`;

interface Work {
  places: SecretPlaces;
  reader: Reader;
  problems: DocumentProblems;
}

function documentOf(parts: Parts, { places, reader, problems }: Work): DocumentInput {
  const [{ document }] = parts;
  const metadata = Object.assign({}, ...parts.map((part) => part.document.metadata));
  const secretFields = secretPathsOf(document);
  const secrets: Record<string, string> = {};

  function wrong(path: Path, message: string): void {
    const at = ['spec', ...path];
    problems.add(reader.placeIn(lastWith(parts, at).source, at), message);
  }

  const written = parts.map((part) => part.document.spec).reduce(laidOver);
  const spec = withoutReferences(written, [], (path, reference) => {
    const field = path.join('.');
    if (!secretFields.has(field)) return wrong(path, 'is no secret: write the value itself');
    const { source } = lastWith(parts, ['spec', ...path]);
    const resolved = resolveSecret(reference, source.file, places);
    if ('value' in resolved) secrets[field] = resolved.value;
    else wrong(path, resolved.problem);
  });
  for (const field of secretFields) {
    const path = field.split('.');
    const value = valueAt(spec, path);
    // null takes the secret away; whether that may be is for the service to say.
    if (value !== undefined && value !== null)
      wrong(path, 'is a secret, which no file holds: write {secretRef: …}');
  }
  return { ...document, metadata, spec, ...(Object.keys(secrets).length > 0 && { secrets }) };
}
