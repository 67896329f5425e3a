/** Issues and rotates API keys under their contact centre's lock, and finds the owner of a key by its digest. */

import type { ApiKeyPurpose, KeyOwner } from '@gatehouse/contracts/environment-administration';
import { diff } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict, notFound } from '@gatehouse/service-kit/errors';
import type { LastUses, Queryable } from '@gatehouse/service-kit/postgres';
import { type Caller, mayRead, scimCaller, unknownApiKey } from '../access/caller.ts';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { requireHonestName } from '../fields/names.ts';
import { parseId } from '../fields/scalars.ts';
import { type ApiKey, auditedFields, digestOf, type IssuedKey, issueKey } from './api-key.ts';
import type { NewApiKey, Rotation } from './schemas.ts';
import * as store from './store.ts';

export interface Issued {
  center: ContactCenter;
  /** Without the key when an earlier request with this Idempotency-Key has issued it. */
  apiKey: ApiKey & { key: string | undefined };
}

/** Makes the text of a key, which the answer shows this once. */
type Issue = (purpose: ApiKeyPurpose) => IssuedKey;

export type ApiKeyService = ReturnType<typeof createApiKeyService>;

const maxKeys = 100;
/** SQLSTATE exclusion_violation. */
const overlapState = '23P01';

export function createApiKeyService({
  db,
  contactCenters,
  lastUses,
  now,
}: {
  db: Queryable;
  contactCenters: ContactCenterService;
  lastUses: LastUses;
  now: Clock;
}) {
  const isoNow = () => new Date(now()).toISOString();

  async function findOwner(key: string, purpose: ApiKeyPurpose): Promise<KeyOwner | undefined> {
    const digest = digestOf(key, purpose);
    return digest === undefined ? undefined : store.findKeyOwner(db, digest, purpose);
  }

  async function changeKey(
    context: WriteContext,
    contactCenterId: string,
    work: (write: Write, center: ContactCenter, issue: Issue) => Promise<ApiKey>,
  ): Promise<Issued> {
    let key: string | undefined;
    const issue = (purpose: ApiKeyPurpose) => {
      const issued = issueKey(purpose);
      key = issued.key;
      return issued;
    };
    const { center, result } = await contactCenters.changeWithResult(
      context,
      contactCenterId,
      async (write, present) => work(write, present, issue),
    );
    // The key is no part of the result: that is stored for repetitions. Before, it was, so a stored one is dropped here.
    // Nor has a stored one of the release before a purpose.
    return { center, apiKey: { ...result, purpose: result.purpose ?? 'api', key } };
  }

  return {
    /** @throws AppError 404 */
    async list(caller: Caller, contactCenterId: string): Promise<{ center: ContactCenter; keys: ApiKey[] }> {
      const center = await contactCenters.read(caller, contactCenterId);
      return { center, keys: await store.listApiKeys(db, center.id) };
    },
    /** @throws AppError 400, 404, 409 while a key of that name is valid at the same time, 412 */
    create: (context: WriteContext, contactCenterId: string, input: NewApiKey) =>
      changeKey(context, contactCenterId, (write, center, issue) =>
        insertKey(write, center, input, issue, isoNow()),
      ),
    /** Replaces a key by a new one. @throws AppError 400, 404, 409 when it has expired, 412 */
    rotate: (context: WriteContext, contactCenterId: string, id: string, rotation: Rotation) =>
      changeKey(context, contactCenterId, (write, center, issue) =>
        rotateKey(write, center, id, rotation, issue, now()),
      ),
    /** The key stops working at once. @throws AppError 404, 412 */
    remove: (context: WriteContext, contactCenterId: string, id: string) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, center) => {
        const before = await find(write.db, center.id, id);
        await store.deleteApiKey(write.db, before.id);
        await record(write, 'delete', before, undefined);
        return true;
      }),
    /** @throws AppError 404 for a key that does not work, with the same answer for every reason */
    async ownerOf(caller: Caller, key: string): Promise<KeyOwner> {
      const owner = await findOwner(key, 'api');
      if (!owner || !mayRead(caller, owner.contactCenterId)) throw unknownApiKey();
      lastUses.record(owner.id);
      return owner;
    },
    /** The caller who presents a SCIM key; undefined for one that does not work at this contact centre, for whatever reason. */
    async scimCallerOf(key: string, contactCenterId: string): Promise<Caller | undefined> {
      const owner = await findOwner(key, 'scim');
      if (owner === undefined || owner.contactCenterId !== parseId(contactCenterId)) return undefined;
      lastUses.record(owner.id);
      return scimCaller(owner.id, owner.contactCenterId);
    },
  };
}

async function insertKey(
  write: Write,
  center: ContactCenter,
  input: NewApiKey,
  issue: Issue,
  at: string,
): Promise<ApiKey> {
  const { name, purpose } = input;
  requireHonestName('data.name', name);
  const validity = validityOf(input, at);
  const present = await store.listApiKeys(write.db, center.id);
  requireRoom(present, { ...validity, name });
  const id = randomUuid();
  const key = { id, contactCenterId: center.id, name, purpose, ...validity };
  await refusingOverlap(() => store.insertApiKey(write.db, key, issue(purpose)), name);
  return finish(write, center.id, id, undefined);
}

async function rotateKey(
  write: Write,
  center: ContactCenter,
  id: string,
  { expiresAt: wanted, overlapSeconds }: Rotation,
  issue: Issue,
  nowMs: number,
): Promise<ApiKey> {
  const before = await find(write.db, center.id, id);
  const rotatedAt = new Date(nowMs).toISOString();
  if (before.expiresAt !== undefined && before.expiresAt <= rotatedAt) {
    throw conflict(`The key expired at ${before.expiresAt}: make a new one with POST`, {
      reason: 'over_already',
    });
  }
  const expiresAt = wanted === undefined ? before.expiresAt : (wanted ?? undefined);
  requireLater(expiresAt, rotatedAt);
  const previousUntil =
    overlapSeconds === 0 ? undefined : new Date(nowMs + overlapSeconds * 1000).toISOString();
  const times = { rotatedAt, previousUntil, expiresAt };
  await refusingOverlap(
    () => store.rotateApiKey(write.db, before.id, issue(before.purpose), times),
    before.name,
  );
  return finish(write, center.id, before.id, before);
}

async function finish(
  write: Write,
  contactCenterId: string,
  id: string,
  before: ApiKey | undefined,
): Promise<ApiKey> {
  const after = await find(write.db, contactCenterId, id);
  await record(write, before ? 'update' : 'create', before, after);
  return after;
}

async function find(db: Queryable, contactCenterId: string, text: string): Promise<ApiKey> {
  const id = parseId(text);
  const key = id && (await store.readApiKey(db, contactCenterId, id));
  if (!key) throw notFound(`The contact centre has no API key ${JSON.stringify(text)}`);
  return key;
}

async function record(
  write: Write,
  action: 'create' | 'update' | 'delete',
  before: ApiKey | undefined,
  after: ApiKey | undefined,
): Promise<void> {
  const { id, contactCenterId } = (after ?? before) as ApiKey;
  const changes = diff(before && auditedFields(before), after && auditedFields(after));
  await write.record({ action, entity: 'api-key', id, contactCenterId, changes });
}

function validityOf(input: NewApiKey, at: string): store.Validity {
  const validFrom = input.validFrom ?? at;
  const expiresAt = input.expiresAt ?? undefined;
  requireLater(expiresAt, at);
  if (expiresAt !== undefined && expiresAt <= validFrom) {
    throw badRequest(`expiresAt (${expiresAt}) must be after validFrom (${validFrom})`, {
      field: 'data.expiresAt',
      reason: 'not_after',
    });
  }
  return { validFrom, expiresAt };
}

function requireLater(expiresAt: string | undefined, at: string): void {
  if (expiresAt === undefined || expiresAt > at) return;
  throw badRequest(`expiresAt (${expiresAt}) is over already: give a later moment`, {
    field: 'data.expiresAt',
    reason: 'over_already',
  });
}

function requireRoom(present: readonly ApiKey[], wanted: store.Validity & { name: string }): void {
  if (present.length >= maxKeys) {
    throw conflict(
      `The contact centre has ${maxKeys} API keys, which is the most: delete those that are over`,
      { reason: 'limit_reached', limit: maxKeys },
    );
  }
  const rival = present.find((key) => sameName(key.name, wanted.name) && overlaps(key, wanted));
  if (rival) throw overlapping(wanted.name, rival);
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function overlaps(key: ApiKey, wanted: store.Validity): boolean {
  const endsBefore = (end: string | undefined, start: string) => end !== undefined && end <= start;
  return !endsBefore(key.expiresAt, wanted.validFrom) && !endsBefore(wanted.expiresAt, key.validFrom);
}

/** The constraint decides: it compares names by the rules of the database. */
async function refusingOverlap(write: () => Promise<void>, name: string): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as { code?: unknown }).code === overlapState) throw overlapping(name, undefined);
    throw error;
  }
}

function overlapping(name: string, rival: ApiKey | undefined) {
  const which = rival === undefined ? '' : ` (${rival.prefix}…, id ${rival.id})`;
  return conflict(
    `A key named ${JSON.stringify(name)}${which} works in the same time: rotate it, delete it, choose another name, or let the new one begin when it expires`,
    { field: 'data.name', reason: 'taken' },
  );
}
