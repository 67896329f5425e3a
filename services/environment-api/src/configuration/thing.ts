/** Defines what documents are compared with, and what each kind of them does. */
import type { Document, DocumentKindName, Spec } from '@gatehouse/contracts/documents';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { Installation } from './estate.ts';
import type { Pictures } from './pictures.ts';

/** Something that is there, in the form of a document. */
export interface Thing {
  kind: DocumentKindName;
  metadata: Document['metadata'];
  /** Stays the same whatever its name is. */
  id: string;
  /** The contact centre with which it is deleted. */
  contactCenterId: string | undefined;
  spec: Spec;
  /** Sealed; by the path of their field. */
  secrets: Readonly<Record<string, string>>;
}

/** A document with the things that it is about. */
export interface Wanted {
  document: Document;
  /** Its place in the request, for refusals: `documents.3`. */
  at: string;
  /** As a thing of the same meaning has it. */
  id: string;
  contactCenterId: string | undefined;
  /** Undefined: it is to be created. */
  present: Thing | undefined;
}

/** The fields of a document in the form in which things have them, and as the service of the kind takes them. */
export interface Reading {
  spec: Spec;
  patch: Record<string, unknown>;
}

export interface Names {
  /** @throws AppError 400 */
  environmentId(name: string): string;
  /** `field`: that of the document; `spec.contactCenters` by default. @throws AppError 400 */
  contactCenterId(name: string, field?: string): string;
  contactCenterName(id: string): string;
}

export interface Job {
  /** Takes part in `write`. */
  context: WriteContext;
  write: Write;
  names: Names;
  pictures: Pictures;
}

/** The secrets of a document that are not stored yet, and those that are. */
export interface GivenSecrets {
  changed: Readonly<Record<string, string>>;
  same: Readonly<Record<string, string>>;
}

export interface Kind {
  /** What is there. */
  list(estate: Installation, names: StoredNames): Thing[];
  /** @throws AppError, ZodError as the API does */
  read(wanted: Wanted, job: Pick<Job, 'names' | 'pictures'>): Reading;
  /** Creates it under its id, or changes what differs. @throws AppError, ZodError as the API does */
  write(job: Job, wanted: Wanted, reading: Reading, secrets: GivenSecrets): Promise<void>;
  /** @throws AppError as the API does */
  remove(job: Job, thing: Thing): Promise<void>;
}

/** By id. */
export interface StoredNames {
  environments: ReadonlyMap<string, string>;
  contactCenters: ReadonlyMap<string, string>;
}
