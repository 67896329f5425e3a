/** Writes documents into files of a new folder: a file for each environment, contact centre and client, and one for each other kind. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../failure/failure.ts';
import { writeNamed } from '../terminal/files.ts';

interface Written {
  apiVersion: string;
  kind: string;
  metadata: Readonly<Record<string, string>>;
  spec: Readonly<Record<string, unknown>>;
}

/** Returns how many documents there are. @throws UsageError where something is in the folder: a file of before would be applied too */
export function writeDocuments(folder: string, documents: readonly Written[]): number {
  writeNamed(folder, () => mkdirSync(folder, { recursive: true }));
  if (readdirSync(folder).length > 0) throw new UsageError(`${folder} is not empty: name a new folder`);
  for (const [path, inFile] of filesOf(documents)) {
    const file = join(folder, path);
    const text = inFile.map((document) =>
      stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    );
    writeNamed(file, () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text.join('---\n'), { flag: 'wx' });
    });
  }
  return documents.length;
}

/** By path. Names that become one file name get a number, also where only capital letters tell them apart. */
function filesOf(documents: readonly Written[]): Map<string, Written[]> {
  const files = new Map<string, Written[]>();
  const paths = new Map<string, string>();
  const taken = new Set<string>();
  for (const document of documents) {
    const [folder, name] = placeOf(document);
    const key = JSON.stringify([folder, name]);
    const path = paths.get(key) ?? freePath(folder, name, taken);
    paths.set(key, path);
    const inFile = files.get(path);
    if (inFile === undefined) files.set(path, [document]);
    else inFile.push(document);
  }
  return files;
}

/** What belongs to a contact centre stands in its file. */
function placeOf({ kind, metadata }: Written): readonly [folder: string, name: string | undefined] {
  const { name, contactCenter = kind === 'ContactCenter' ? name : undefined } = metadata;
  if (contactCenter !== undefined && kind !== 'Administrator') return ['contact-centers', contactCenter];
  if (kind === 'Environment') return ['environments', name];
  if (kind === 'Client') return ['clients', name];
  return [kind.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase(), undefined];
}

function freePath(folder: string, name: string | undefined, taken: Set<string>): string {
  // A name may say `../`, and must not begin with a point: such files are not read.
  const plain =
    name
      ?.replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'unnamed';
  const base = name === undefined ? folder : `${folder}/${plain}`;
  let path = `${base}.yaml`;
  for (let number = 2; taken.has(path.toLowerCase()); number += 1) path = `${base}-${number}.yaml`;
  taken.add(path.toLowerCase());
  return path;
}
