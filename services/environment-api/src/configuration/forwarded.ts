/** Forwards documents of what belongs to Auth API, with the ids of contact centres in place of their names. */
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  type ForwardedDocuments,
  type ForwardedPlan,
  forwardedDocumentsPath,
  forwardedListSchema,
  forwardedManagedPath,
  forwardedManagedSchema,
  forwardedPlanSchema,
  isForwarded,
} from '@gatehouse/contracts/auth-api';
import type { Document, DocumentKindName, PlannedChange } from '@gatehouse/contracts/documents';
import { referenceNames } from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { WriteContext } from '../changes/writer.ts';
import type { Matched } from './match.ts';
import { requireKnownFields } from './planning.ts';
import { refusalOf } from './refusals.ts';
import type { ApplyRequest } from './run.ts';
import type { Names, StoredNames, Wanted } from './thing.ts';

const planAnswer = envelopeOf(forwardedPlanSchema);
const listAnswer = envelopeOf(forwardedListSchema);
const managedAnswer = envelopeOf(forwardedManagedSchema);
const failure = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is no JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.object({ status: z.object({ name: z.string(), message: z.string() }) }));
const { contactCenterIds: named } = referenceNames;

/** What is refused here is not sent. */
interface Sent {
  documents: Document[];
  refused: PlannedChange[];
}

export type Forwarding = ReturnType<typeof createForwarding>;

export function createForwarding(authApi: HttpClient) {
  return {
    /** Returns what sends them: as a dry run first, and once more when everything else is written. Undefined: there is nothing to send. */
    plan(context: WriteContext, request: ApplyRequest, { wanted, names }: Matched) {
      const own = wanted.filter(({ document: { kind } }) => isForwarded(kind));
      if (own.length === 0 && !request.prune) return undefined;
      const { documents, refused } = forwarded(own, names);
      const { owner, prune, takeOver } = request;
      const { name, clientId, linkRequest } = context.caller;
      const actor = { name, clientId, linkRequest, clientAddress: context.clientAddress };
      const founded = wanted.flatMap(({ document: { kind }, id, present }) =>
        kind === 'ContactCenter' && present === undefined ? [id] : [],
      );
      return async (dryRun: boolean): Promise<ForwardedPlan> => {
        const mayAppoint = context.caller.kind !== 'client';
        const request = { owner, prune, takeOver, dryRun, mayAppoint, actor };
        const data: ForwardedDocuments = { ...request, founded, documents };
        const call = { method: 'POST', path: forwardedDocumentsPath, json: { data } } as const;
        const { changes, nothing } = await ask(() =>
          authApi.read(planAnswer, { ...call, maySendTwice: true }),
        );
        const nameOf = (id: string) => names.contactCenterName(id);
        return { changes: [...refused, ...changes.map((change) => shownWith(change, nameOf))], nothing };
      };
    },

    /** Which owners keep what is there. `id`: undefined for all of the kind. @throws AppError 503 */
    managed: (kind: DocumentKindName, id: string | undefined) =>
      ask(() => authApi.read(managedAnswer, { path: forwardedManagedPath, query: { kind, id } })),

    /** What is there, as documents. @throws AppError 503 */
    async list(
      contactCenters: StoredNames['contactCenters'],
    ): Promise<Pick<Document, 'kind' | 'metadata' | 'spec'>[]> {
      const documents = await ask(() => authApi.read(listAnswer, { path: forwardedDocumentsPath }));
      const nameOf = (id: string) => contactCenters.get(id) ?? id;
      return documents.map(({ kind, metadata: { contactCenter, ...metadata }, spec }) => ({
        kind,
        metadata: { ...metadata, ...definedOnly({ contactCenter: contactCenter && nameOf(contactCenter) }) },
        spec: mapped(spec, 'contactCenterIds', named, nameOf) as Document['spec'],
      }));
    },
  };
}

async function ask<T>(send: () => Promise<{ data: T }>): Promise<T> {
  try {
    return (await send()).data;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const told = failure.safeParse(error.body).data?.status;
    if (told === undefined || error.status === undefined || error.status >= 500)
      throw unavailable('Auth API', { cause: error, detail: `documents: ${error.message}` });
    throw new AppError(told.name, error.status, told.message, { cause: error });
  }
}

function forwarded(own: readonly Wanted[], names: Names): Sent {
  const result: Sent = { documents: [], refused: [] };
  for (const { document } of own) {
    const { kind, metadata } = document;
    try {
      requireKnownFields(document);
      const { contactCenter } = metadata;
      const at =
        contactCenter === undefined
          ? {}
          : { contactCenter: names.contactCenterId(contactCenter, 'metadata.contactCenter') };
      const spec = withIds(document.spec, names) as Document['spec'];
      result.documents.push({ ...document, metadata: { ...metadata, ...at }, spec });
    } catch (error) {
      const refusal = refusalOf(error, kind);
      if (refusal === undefined) throw error;
      const { name, contactCenter, way } = metadata;
      const place = definedOnly({ contactCenter, way });
      result.refused.push({ kind, name, ...place, action: 'refused', fields: [], ...refusal });
    }
  }
  return result;
}

/** @throws AppError 400 */
function withIds(value: unknown, names: Names): unknown {
  return mapped(value, named, 'contactCenterIds', (name) => names.contactCenterId(name));
}

function shownWith(change: PlannedChange, nameOf: (id: string) => string): PlannedChange {
  const shown = (field: string, value: unknown) => {
    if (field === 'contactCenter' && typeof value === 'string') return nameOf(value);
    return field === 'contactCenterIds' && Array.isArray(value)
      ? value.map((id) => nameOf(String(id)))
      : mapped(value, 'contactCenterIds', named, nameOf);
  };
  const fields = change.fields.map(({ field, from, to }) => ({
    field: field === 'contactCenterIds' ? named : field,
    ...(from !== undefined && { from: shown(field, from) }),
    ...(to !== undefined && { to: shown(field, to) }),
  }));
  const { contactCenter } = change;
  return { ...change, ...definedOnly({ contactCenter: contactCenter && nameOf(contactCenter) }), fields };
}

/** Renames the lists of contact centres at every depth, and their entries. */
function mapped(value: unknown, from: string, to: string, entryOf: (entry: string) => string): unknown {
  if (Array.isArray(value)) return value.map((part) => mapped(part, from, to, entryOf));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) =>
    name === from && Array.isArray(part)
      ? [to, part.map((entry) => entryOf(String(entry)))]
      : [name, mapped(part, from, to, entryOf)],
  );
  return Object.fromEntries(entries);
}
