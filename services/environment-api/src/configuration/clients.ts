/** Forwards documents of clients to Auth API, with the ids of contact centres in place of their names. */
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  type ClientDocuments,
  type ClientPlan,
  clientDocumentsPath,
  clientPlanSchema,
} from '@gatehouse/contracts/auth-api';
import type { Document, PlannedChange } from '@gatehouse/contracts/documents';
import { referenceNames } from '@gatehouse/contracts/documents';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { WriteContext } from '../changes/writer.ts';
import type { Matched } from './match.ts';
import { requireKnownFields } from './planning.ts';
import { refusalOf } from './refusals.ts';
import { type ApplyRequest, forwardedKind } from './run.ts';
import type { Names } from './thing.ts';

const answer = envelopeOf(clientPlanSchema);
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
interface Forwarded {
  documents: Document[];
  refused: PlannedChange[];
}

export type ForwardClients = ReturnType<typeof createForwardClients>;

/** Returns what sends them: as a dry run first, and once more when everything else is written. Undefined: there is nothing to send. */
export function createForwardClients(authApi: HttpClient) {
  return (context: WriteContext, request: ApplyRequest, { wanted, names }: Matched) => {
    const clients = wanted.filter(({ document: { kind } }) => kind === forwardedKind);
    if (clients.length === 0 && !request.prune) return undefined;
    const { documents, refused } = forwarded(
      clients.map(({ document }) => document),
      names,
    );
    const { owner, prune, takeOver } = request;
    const { name, clientId, linkRequest } = context.caller;
    const actor = { name, clientId, linkRequest, clientAddress: context.clientAddress };
    return async (dryRun: boolean): Promise<ClientPlan> => {
      const data: ClientDocuments = { owner, prune, takeOver, dryRun, actor, documents };
      const { changes, nothing } = await ask(authApi, data);
      return { changes: [...refused, ...changes.map((change) => shownWith(change, names))], nothing };
    };
  };
}

async function ask(authApi: HttpClient, data: ClientDocuments): Promise<ClientPlan> {
  const call = { method: 'POST', path: clientDocumentsPath, json: { data } } as const;
  try {
    return (await authApi.read(answer, { ...call, maySendTwice: true })).data;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const told = failure.safeParse(error.body).data?.status;
    if (told === undefined || error.status === undefined || error.status >= 500)
      throw unavailable('Auth API', { cause: error, detail: `documents of clients: ${error.message}` });
    throw new AppError(told.name, error.status, told.message, { cause: error });
  }
}

function forwarded(documents: readonly Document[], names: Names): Forwarded {
  const result: Forwarded = { documents: [], refused: [] };
  for (const document of documents) {
    try {
      requireKnownFields(document);
      const spec = withIds(document.spec, names) as Document['spec'];
      result.documents.push({ ...document, spec });
    } catch (error) {
      const refusal = refusalOf(error, forwardedKind);
      if (refusal === undefined) throw error;
      const { name } = document.metadata;
      result.refused.push({ kind: forwardedKind, name, action: 'refused', fields: [], ...refusal });
    }
  }
  return result;
}

/** @throws AppError 400 */
function withIds(value: unknown, names: Names): unknown {
  return mapped(value, named, 'contactCenterIds', (name) => names.contactCenterId(name));
}

function shownWith(change: PlannedChange, names: Names): PlannedChange {
  const nameOf = (id: string) => names.contactCenterName(id);
  const shown = (field: string, value: unknown) =>
    field === 'contactCenterIds' && Array.isArray(value)
      ? value.map((id) => nameOf(String(id)))
      : mapped(value, 'contactCenterIds', named, nameOf);
  const fields = change.fields.map(({ field, from, to }) => ({
    field: field === 'contactCenterIds' ? named : field,
    ...(from !== undefined && { from: shown(field, from) }),
    ...(to !== undefined && { to: shown(field, to) }),
  }));
  return { ...change, fields };
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
