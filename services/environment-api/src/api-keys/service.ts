/** API keys: made and rotated under their contact centre's lock, looked up by digest. */

import type { KeyOwner } from '@gatehouse/contracts/environment-api/administration/api-keys';
import { diff } from '@gatehouse/service-kit/changes/field-changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import { badRequest, conflict, notFound } from '@gatehouse/service-kit/errors/app-error';
import type { LastUses } from '@gatehouse/service-kit/postgres/last-uses';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { randomUuid } from '@gatehouse/service-kit/random';
import { type Caller, mayRead } from '../access/caller.ts';
import type { Write, WriteContext } from '../changes/writer.ts';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { parseId } from '../fields/id.ts';
import { type ApiKey, auditedFields, digestOf, type IssuedKey, issueKey } from './api-key.ts';
import type { NewApiKey, Rotation } from './schemas.ts';
import * as store from './store.ts';

export interface Issued {
  center: ContactCenter;
  apiKey: ApiKey & { key: string };
}

export interface ApiKeyService {
  /** @throws AppError 404 */
  list(caller: Caller, contactCenterId: string): Promise<{ center: ContactCenter; keys: ApiKey[] }>;
  /** @throws AppError 400, 404, 409 while a key of that name is valid in the same time, 412 */
  create(context: WriteContext, contactCenterId: string, input: NewApiKey): Promise<Issued>;
  /** A new key in the place of the old one. @throws AppError 400, 404, 409 when it is over, 412 */
  rotate(context: WriteContext, contactCenterId: string, id: string, rotation: Rotation): Promise<Issued>;
  /** It stops working with the answer. @throws AppError 404, 412 */
  remove(context: WriteContext, contactCenterId: string, id: string): Promise<ContactCenter>;
  /** @throws AppError 404 for a key that does not work, one answer for every reason */
  ownerOf(caller: Caller, key: string): Promise<KeyOwner>;
}

export interface ApiKeyServiceDeps {
  db: Queryable;
  contactCenters: ContactCenterService;
  uses: LastUses;
  now: Clock;
}

const maxKeys = 100;
/** SQLSTATE exclusion_violation. */
const overlapState = '23P01';

export function createApiKeyService({ db, contactCenters, uses, now }: ApiKeyServiceDeps): ApiKeyService {
  const isoNow = () => new Date(now()).toISOString();

  async function changeKey(
    context: WriteContext,
    contactCenterId: string,
    work: (write: Write, center: ContactCenter) => Promise<ApiKey & { key: string }>,
  ): Promise<Issued> {
    const { center, result } = await contactCenters.changeWithResult(context, contactCenterId, work);
    return { center, apiKey: result };
  }

  return {
    async list(caller, contactCenterId) {
      const center = await contactCenters.read(caller, contactCenterId);
      return { center, keys: await store.listApiKeys(db, center.id) };
    },
    create: (context, contactCenterId, input) =>
      changeKey(context, contactCenterId, async (write, center) => {
        const validity = validityOf(input, isoNow());
        const present = await store.listApiKeys(write.db, center.id);
        requireRoom(present, { ...validity, name: input.name });
        const id = randomUuid();
        const issued = issueKey();
        await refusingOverlap(
          () =>
            store.insertApiKey(
              write.db,
              { id, contactCenterId: center.id, name: input.name, ...validity },
              issued,
            ),
          input.name,
        );
        return finish(write, center.id, id, undefined, issued);
      }),
    rotate: (context, contactCenterId, id, rotation) =>
      changeKey(context, contactCenterId, async (write, center) => {
        const before = await find(write.db, center.id, id);
        const at = isoNow();
        if (before.expiresAt !== undefined && before.expiresAt <= at) {
          throw conflict(`The key expired at ${before.expiresAt}: make a new one with POST`);
        }
        const expiresAt =
          rotation.expiresAt === undefined ? before.expiresAt : (rotation.expiresAt ?? undefined);
        requireLater(expiresAt, at);
        const { overlapSeconds } = rotation;
        const previousUntil =
          overlapSeconds === 0 ? undefined : new Date(now() + overlapSeconds * 1000).toISOString();
        const issued = issueKey();
        await refusingOverlap(
          () => store.rotateApiKey(write.db, before.id, issued, { rotatedAt: at, previousUntil, expiresAt }),
          before.name,
        );
        return finish(write, center.id, before.id, before, issued);
      }),
    remove: (context, contactCenterId, id) =>
      contactCenters.changeWithin(context, contactCenterId, async (write, center) => {
        const before = await find(write.db, center.id, id);
        await store.deleteApiKey(write.db, before.id);
        await record(write, 'delete', before, undefined);
        return true;
      }),
    async ownerOf(caller, key) {
      const digest = digestOf(key);
      const owner = digest && (await store.findKeyOwner(db, digest, isoNow()));
      if (!owner || !mayRead(caller, owner.contactCenterId)) {
        throw notFound('The API key is unknown, expired or withdrawn');
      }
      uses.note(owner.id);
      return owner;
    },
  };
}

async function finish(
  write: Write,
  contactCenterId: string,
  id: string,
  before: ApiKey | undefined,
  issued: IssuedKey,
): Promise<ApiKey & { key: string }> {
  const after = await find(write.db, contactCenterId, id);
  await record(write, before ? 'update' : 'create', before, after);
  return { ...after, key: issued.key };
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
    });
  }
  return { validFrom, expiresAt };
}

function requireLater(expiresAt: string | undefined, at: string): void {
  if (expiresAt === undefined || expiresAt > at) return;
  throw badRequest(`expiresAt (${expiresAt}) is over already: give a later moment`, {
    field: 'data.expiresAt',
  });
}

function requireRoom(present: readonly ApiKey[], wanted: store.Validity & { name: string }): void {
  if (present.length >= maxKeys) {
    throw conflict(
      `The contact centre has ${maxKeys} API keys, which is the most: delete those that are over`,
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

/** The constraint has the last word: it compares names by the database's rules. */
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
    { field: 'data.name' },
  );
}
