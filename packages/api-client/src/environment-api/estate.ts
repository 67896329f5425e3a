/** The calls for the installation as a whole: export, import and the record of configuration changes. */
import {
  envelopeOf,
  type RowFormat,
  reshipAnswer,
  retentionAnswer,
  type VerifiedTrail,
  verifyAnswer,
  type WaitingDeletion,
} from '@gatehouse/contracts/answers';
import {
  type ApplyRequest,
  documentsSchema,
  type ManagedQuery,
  type ManagedThing,
  managedSchema,
  planSchema,
} from '@gatehouse/contracts/documents';
import {
  type AuditEntry,
  auditEntrySchema,
  type EstateChange,
  importAnswer,
} from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { readData, readPage, readRows } from '../administration/administration-calls.ts';
import { readExport } from '../administration/row-export.ts';
import type { HttpClient } from '../http/http-client.ts';

/** JSON, or YAML as people keep it. */
export type DocumentFormat = 'json' | 'yaml';

const apiPath = '/environment/v3';

/** Which owners of documents keep a thing, or the things of a kind. @throws UpstreamError */
export async function findManaged(http: HttpClient, query: ManagedQuery): Promise<ManagedThing[]> {
  return (await readData(http, managedSchema, { path: `${apiPath}/managed`, query })).things;
}

const endsPeople: readonly string[] = ['contact-center', 'environment'];
/** A person types so many names. */
const maxTyped = 5;

/** The names that a person types before an import deletes these. */
export function namesToType(changes: readonly EstateChange[]): string[] {
  return changes
    .filter(({ action, entity }) => action === 'delete' && endsPeople.includes(entity))
    .slice(0, maxTyped)
    .map(({ id, name = id }) => name);
}

/** All calls throw UpstreamError. */
export function createEstateAdministration(http: HttpClient) {
  const type = (format: DocumentFormat) => `application/${format}`;

  async function put(document: string, format: DocumentFormat, dryRun: boolean, etag?: string) {
    const response = await http.send({
      method: 'PUT',
      path: `${apiPath}/import`,
      query: { dryRun: String(dryRun) },
      headers: definedOnly({ 'if-match': etag }) as Record<string, string>,
      content: { type: type(format), text: document },
    });
    const { data } = envelopeOf(importAnswer).parse(JSON.parse(response.text));
    return { result: data, etag: String(response.headers['etag'] ?? '') };
  }

  return {
    /** Returns the document, and the tag of what it shows. */
    async export(format: DocumentFormat) {
      const response = await http.send({ path: `${apiPath}/export`, headers: { accept: type(format) } });
      return { document: response.text, etag: String(response.headers['etag'] ?? '') };
    },
    /** Returns what an import would change, and the tag of what it was compared with. */
    tryImport: (document: string, format: DocumentFormat) => put(document, format, true),
    /** The installation as documents, without secrets. */
    documents: async () =>
      (await readData(http, documentsSchema, { path: `${apiPath}/documents` })).documents,
    /** Makes what documents say. With the tag of a dry run: only while nothing has changed since. */
    async apply(request: ApplyRequest, etag?: string) {
      const response = await http.send({
        method: 'POST',
        path: `${apiPath}/apply`,
        headers: definedOnly({ 'if-match': etag }) as Record<string, string>,
        json: request,
        // The same request changes nothing the second time.
        maySendTwice: true,
      });
      const { data } = envelopeOf(planSchema).parse(JSON.parse(response.text));
      return { plan: data, etag: String(response.headers['etag'] ?? '') };
    },
    /** Imports only while `etag` is right. */
    import: async (document: string, format: DocumentFormat, etag: string) =>
      (await put(document, format, false, etag)).result,
  };
}

/** A type and no interface, so that it is a query. */
export type AuditFilter = {
  entity?: string | undefined;
  entityId?: string | undefined;
  contactCenterId?: string | undefined;
  actor?: string | undefined;
  requestId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

/** The newest entries first, at most so many. @throws UpstreamError */
export function listAudit(http: HttpClient, filter: AuditFilter, maxEntries: number): Promise<AuditEntry[]> {
  return readRows(http, auditEntrySchema, `${apiPath}/audit`, filter, maxEntries);
}

/** One page of them; `filter` has its `limit`, and with `before` only those that are older than the one with this id. @throws UpstreamError */
export function pageOfAudit(
  http: HttpClient,
  filter: AuditFilter & { limit: string; before?: string | undefined },
) {
  return readPage(http, auditEntrySchema, `${apiPath}/audit`, filter);
}

/** The text of all changes that the filter finds, newest first. @throws UpstreamError */
export function exportAudit(http: HttpClient, filter: AuditFilter, format: RowFormat) {
  return readExport(http, { path: `${apiPath}/audit/export`, query: filter, format, key: 'id' });
}

/** Verifies the hash chain of the configuration changes. @throws UpstreamError */
export async function verifyConfigurationTrail(
  http: HttpClient,
  query: { from?: string | undefined; to?: string | undefined },
): Promise<VerifiedTrail> {
  const { data, waiting } = await http.read(verifyAnswer, { path: `${apiPath}/audit/verify`, query });
  return { days: data, waiting };
}

/** Deletions of old rows that wait for a confirmation. @throws UpstreamError */
export async function readWaitingDeletions(http: HttpClient): Promise<WaitingDeletion[]> {
  return (await http.read(retentionAnswer, { path: `${apiPath}/audit/retention` })).data;
}

/** Lets them happen; returns them. @throws UpstreamError */
export async function confirmWaitingDeletions(http: HttpClient): Promise<WaitingDeletion[]> {
  const path = `${apiPath}/audit/retention/confirm`;
  return (await http.read(retentionAnswer, { method: 'POST', path })).data;
}

/** Sends again what a destination refused; returns how many changes were taken. @throws UpstreamError */
export async function reshipConfigurationTrail(http: HttpClient): Promise<number> {
  return (await http.read(reshipAnswer, { method: 'POST', path: `${apiPath}/audit/reship` })).data.taken;
}
