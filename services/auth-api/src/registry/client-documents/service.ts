/**
 * Plans and applies documents of clients. Each client is a transaction of its own, because its tokens end with the change. Ownership is
 * written before what is made, so that an apply that dies at any step ends in the same state when it is repeated.
 */
import type { ClientPlan, clientDocumentsSchema } from '@gatehouse/contracts/auth-api';
import {
  type Document,
  nextManaged,
  otherOwnerOf,
  type PlannedChange,
  released,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import { conflict, normalizeError, unavailable } from '@gatehouse/service-kit/errors';
import { etagOf } from '@gatehouse/service-kit/http';
import { type Pool, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import type { z } from 'zod';
import type { Actor } from '../../core/administration/actor.ts';
import type { ClientService } from '../clients/service.ts';
import { planOne, type Step } from './plan-one.ts';
import type { SecretMacs } from './secret-macs.ts';
import * as store from './store.ts';

type Request = z.output<typeof clientDocumentsSchema>;

interface Planned {
  steps: Step[];
  /** Ids of clients that no document names any more. */
  obsolete: string[];
  changes: PlannedChange[];
  nothing: number;
  managed: Map<string, store.ManagedClient>;
}

export type ClientDocumentService = ReturnType<typeof createClientDocumentService>;

export function createClientDocumentService({
  pool,
  clients,
  macs,
}: {
  pool: Pool;
  clients: ClientService;
  macs: SecretMacs;
}) {
  async function plan({ owner, takeOver, prune, documents }: Request): Promise<Planned> {
    const managed = new Map((await store.listManaged(pool)).map((row) => [row.clientId, row]));
    const named = new Set(documents.map(({ metadata }) => metadata.name));
    const made = [...managed.values()].filter((row) => row.madeBy === owner && !named.has(row.clientId));
    const present = await clients.findAll([...named, ...made.map(({ clientId }) => clientId)]);
    const planned: Planned = { steps: [], obsolete: [], changes: [], nothing: 0, managed };
    if (prune)
      for (const row of made)
        if (present.has(row.clientId)) planDeletion(planned, row, takeOver ? undefined : owner);
    for (const document of documents) {
      const id = document.metadata.name;
      try {
        const planning = { clients, macs, owner, takeOver };
        const step = await planOne(planning, document, present.get(id), managed.get(id));
        planned.steps.push(step);
        if (step.present === undefined) planned.changes.push(changeOf(id, 'create', step.fields));
        else if (step.fields.length > 0) planned.changes.push(changeOf(id, 'change', step.fields));
        else planned.nothing += 1;
      } catch (error) {
        planned.changes.push(refused(document, error));
      }
    }
    return planned;
  }

  async function execute(request: Request, actor: Actor, planned: Planned): Promise<void> {
    const { owner, takeOver } = request;
    for (const clientId of planned.obsolete) {
      await clients.remove(clientId, actor);
      await store.deleteManaged(pool, clientId);
    }
    for (const step of planned.steps) {
      const { clientId, present, patch, secret, supplied, fields } = step;
      const before = planned.managed.get(clientId);
      const isMade = present === undefined;
      const next = nextManaged(isMade ? undefined : before, owner, { supplied, isMade, takesOver: takeOver });
      const kept = { secretMac: before?.secretMac ?? null, secretHash: before?.secretHash ?? null };
      const row = { clientId, ...next, ...(isMade ? { secretMac: null, secretHash: null } : kept) };
      if (JSON.stringify(row) !== JSON.stringify(before)) await store.writeManaged(pool, row);
      if (!isMade && fields.length === 0) continue;
      const input = { ...patch, ...definedOnly({ client_secret: secret }) };
      const client = isMade
        ? (await clients.create({ ...input, client_id: clientId }, actor)).client
        : await clients.update(clientId, input, { ...actor, ifMatch: etagOf(present.version) });
      const hash = client.secrets[0]?.hash;
      if (secret !== undefined && hash !== undefined)
        await store.writeManaged(pool, { ...row, secretMac: macs.of(clientId, secret), secretHash: hash });
    }
    await release(request, planned);
  }

  /** Fields of documents that are gone are nobody's. What the owner made stays its own until it prunes. */
  async function release({ owner, prune, documents }: Request, { managed }: Planned): Promise<void> {
    const named = new Set(documents.map(({ metadata }) => metadata.name));
    for (const row of managed.values()) {
      if (named.has(row.clientId) || row.madeBy === owner) continue;
      if (!prune && !Object.values(row.fields).includes(owner)) continue;
      const rest = { ...row, ...released(row, owner) };
      if (rest.madeBy === null && Object.keys(rest.fields).length === 0)
        await store.deleteManaged(pool, row.clientId);
      else await store.writeManaged(pool, rest);
    }
  }

  return {
    /** Nothing is written where anything is refused. @throws AppError 412 where somebody has changed a client meanwhile, 503 during another apply */
    async apply(request: Request, actor: Actor): Promise<ClientPlan> {
      const done = await withAdvisoryLock(pool, store.applyLock, async () => {
        const planned = await plan(request);
        const isRefused = planned.changes.some(({ action }) => action === 'refused');
        if (!request.dryRun && !isRefused) await execute(request, actor, planned);
        return { changes: planned.changes, nothing: planned.nothing };
      });
      if (done !== undefined) return done;
      throw unavailable('the lock of client documents', { retryAfterSeconds: 5 });
    },
  };
}

function planDeletion(planned: Planned, row: store.ManagedClient, owner: string | undefined): void {
  const { clientId } = row;
  const other = owner === undefined ? undefined : otherOwnerOf(row, owner);
  if (other === undefined) {
    planned.obsolete.push(clientId);
    planned.changes.push(changeOf(clientId, 'delete', []));
    return;
  }
  const error = conflict(
    `The Client ${JSON.stringify(clientId)} has something that ${other} has set, so ${owner} does not delete it: take it over`,
    { reason: 'other_owner' },
  );
  planned.changes.push({ ...changeOf(clientId, 'refused', []), ...wordsOf(error) });
}

function changeOf(name: string, action: PlannedChange['action'], fields: PlannedChange['fields']) {
  return { kind: 'Client' as const, name, action, fields };
}

/** @throws what is no refusal */
function refused({ metadata: { name } }: Document, error: unknown): PlannedChange {
  if (!(error instanceof Error) || normalizeError(error).status >= 500) throw error;
  return { ...changeOf(name, 'refused', []), ...wordsOf(error) };
}

function wordsOf(error: Error) {
  const { why, name, message, problems } = normalizeError(error);
  const [problem] = problems;
  const field = problem?.field.replace(/^data\./, '');
  return definedOnly({
    reason: why.reason ?? problem?.reason ?? name,
    sentence: problem === undefined || problem.message === message ? message : `${field}: ${problem.message}`,
    field: field && (/^(?:spec|secrets)\./.test(field) ? field : `spec.${field}`),
  });
}
