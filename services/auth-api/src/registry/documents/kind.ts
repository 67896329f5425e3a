/** Defines what each kind of documents does that Environment API forwards. */
import type { Document, DocumentKindName, Managed, PlannedChange } from '@gatehouse/contracts/documents';
import type { Actor } from '../../core/administration/actor.ts';

/** What a document does. */
export interface Step {
  isMade: boolean;
  /** The fields that the document sets, secrets included. */
  supplied: string[];
  fields: PlannedChange['fields'];
  /** Makes it, or changes what differs. Returns the mark of the secret that was given, where the kind keeps one. */
  write(actor: Actor): Promise<SecretMark | undefined>;
}

/** Tells whether a document has the stored secret, where that is a hash. */
export interface SecretMark {
  /** HMAC of the secret under a key of the installation, in base64. */
  secretMac: string | null;
  /** The stored hash that was made of it: another secret has come since where they differ. */
  secretHash: string | null;
}

export interface ManagedDocument extends Managed, SecretMark {
  kind: DocumentKindName;
  /** As `Kind.identify` gives it. */
  id: string;
}

export type Place = Pick<PlannedChange, 'name' | 'contactCenter' | 'way'>;

/** What is there of some ids. */
export interface Present {
  /** As a document would name it; undefined: it is not there. */
  placeOf(id: string): Place | undefined;
  /** @throws AppError, ZodError as its administration does */
  plan(document: Document, id: string, managed: ManagedDocument | undefined): Promise<Step>;
  remove(id: string, actor: Actor): Promise<void>;
}

export interface Kind {
  name: DocumentKindName;
  /** Under which its owner is noted; the same for two documents of one thing. @throws AppError 400, 404, 503 */
  identify(document: Document): Promise<string>;
  open(ids: readonly string[]): Promise<Present>;
  /** All of them without their secrets, in the form in which they are applied. */
  list(): Promise<Pick<Document, 'metadata' | 'spec'>[]>;
}
