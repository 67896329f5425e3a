/** Reads and writes environments: per-field changes under a row lock, sealed passwords, no removal while in use. */

import { isDeepStrictEqual } from 'node:util';
import type { Restoration } from '@gatehouse/contracts/environment-administration';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import { randomUuid, type SecretBox } from '@gatehouse/service-kit/crypto';
import { badRequest, conflict } from '@gatehouse/service-kit/errors';
import { cutPage, namedKeyOf, type Page, type Rows, requireMatch } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { requireEnvironmentId, unknownEnvironment } from '../access/caller.ts';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { type Kept, keep } from '../deleted/kept.ts';
import { restoreParts } from '../deleted/parts.ts';
import { requireHonestName } from '../fields/names.ts';
import { requireServers } from './discovery.ts';
import { type Environment, type EnvironmentFields, environmentDiff } from './environment.ts';
import { keptOf, restoredFields } from './kept.ts';
import { createEnvironmentMerge } from './merge.ts';
import { divertingField } from './password-path.ts';
import type { EnvironmentPatch, NewEnvironment } from './schemas.ts';
import * as store from './store.ts';

export type EnvironmentService = ReturnType<typeof createEnvironmentService>;

/** The password that a change brings along. */
export interface SentPassword {
  /** Replaces the stored one. */
  password?: string | undefined;
  /** The stored one, sent again: needed only where the change leads it elsewhere. */
  storedPassword?: string | undefined;
  /** The name of the field in the request. */
  field?: string;
}

const maxNamedUsers = 5;

interface EnvironmentServiceOptions {
  db: Queryable;
  writer: Writer;
  secretBox: SecretBox;
}

export function createEnvironmentService({ db, writer, secretBox }: EnvironmentServiceOptions) {
  const { withSecret, newFields, changedFields } = createEnvironmentMerge(secretBox);

  /**
   * The fields with the password that belongs to them. A change that leads the password elsewhere must bring it along. Otherwise
   * a caller who does not know it could have it sent to a server of their own. @throws AppError 400
   */
  function planned<T extends EnvironmentFields>(present: Environment, merged: T, password: SentPassword): T {
    requireServers(merged);
    const sent = requireSentPassword(present, merged, password);
    return sent === undefined ? merged : withSecret(present.id, merged, sent);
  }

  /** Writes the fields that `merge` derives from the stored environment. @throws AppError 400, 404, 412 */
  async function changeFields(
    context: WriteContext,
    text: string,
    merge: (present: Environment) => EnvironmentFields,
    password: SentPassword,
  ): Promise<Environment> {
    const id = requireEnvironmentId(text);
    return writer.write(context, async (write) => {
      const present = await lock(context, write, id);
      const next = planned(present, merge(present), password);
      const changes = environmentDiff(present, next);
      if (Object.keys(changes).length === 0) return present;
      if (next.name !== present.name) await giveName(write.db, present.id, next.name);
      await store.updateEnvironment(write.db, present.id, next);
      if (!isDeepStrictEqual(present.configServers, next.configServers)) {
        await store.replaceConfigServers(write.db, present.id, next.configServers);
      }
      await write.record({ action: 'update', entity: 'environment', id: present.id, changes });
      return reread(write.db, present.id);
    });
  }

  return {
    async list(filter: store.EnvironmentFilter, page: Page, count = false): Promise<Rows<Environment>> {
      const [rows, total] = await Promise.all([
        store.listEnvironments(db, filter, page),
        count ? store.countEnvironments(db, filter) : {},
      ]);
      const keyOf = ({ ordinal, name }: Environment) =>
        filter.sort === undefined ? ordinal : namedKeyOf(ordinal, name);
      return { ...cutPage(rows, page.limit, keyOf), ...total };
    },
    /** @throws AppError 404 */
    async read(text: string): Promise<Environment> {
      const environment = await store.readEnvironment(db, requireEnvironmentId(text));
      if (!environment) throw unknownEnvironment(text);
      return environment;
    },
    /** @throws AppError 409 when the id is taken */
    async create(context: WriteContext, input: NewEnvironment): Promise<Environment> {
      const id = input.id ?? randomUuid();
      return writer.write(context, (write) => insert(write, id, newFields(id, input)));
    },
    /** Creates it again under its old id. @throws AppError 400 without a password that it needs, 409 */
    async restore(write: Write, kept: Kept, { name, password }: Restoration): Promise<Environment> {
      const fields = restoredFields(kept, password, withSecret);
      const restored = await insert(write, kept.objectId, { ...fields, name: name ?? fields.name });
      await restoreParts(write.db, kept);
      return restored;
    },
    /** Fields that are not given keep their values. @throws AppError 400, 404, 412 */
    change: (
      context: WriteContext,
      id: string,
      { password, ...patch }: EnvironmentPatch,
      sent: Omit<SentPassword, 'password'> = {},
    ) =>
      changeFields(context, id, (present) => changedFields(present, patch), {
        ...sent,
        password: password ?? patch.ldap?.bindPassword,
      }),
    changeFields,
    /** The environment that `create` would store. @throws AppError 400, 409 */
    async planNew(input: NewEnvironment): Promise<EnvironmentView> {
      const id = input.id ?? randomUuid();
      const fields = newFields(id, input);
      requireServers(fields);
      if (fields.name !== '') await requireFreeName(db, id, fields.name);
      return { ...fields, id, version: 0 };
    },
    /** The environment that `change` would store: its stored password goes nowhere else, either. @throws AppError 400, 404, 409 */
    async planChange(text: string, { password, ...patch }: EnvironmentPatch): Promise<EnvironmentView> {
      const id = requireEnvironmentId(text);
      const present = await store.readEnvironment(db, id);
      if (!present) throw unknownEnvironment(text);
      const fields = planned(present, changedFields(present, patch), {
        password: password ?? patch.ldap?.bindPassword,
      });
      if (fields.name !== present.name) await requireFreeName(db, id, fields.name);
      return { ...fields, id, version: present.version };
    },
    freeNames: store.freeNames,
    /** @throws AppError 404, 409 while contact centres use it, 412 */
    async remove(context: WriteContext, text: string): Promise<void> {
      const id = requireEnvironmentId(text);
      await writer.write(context, async (write) => {
        const present = await lock(context, write, id);
        await requireUnused(write.db, present.id);
        await keep(write.db, context.caller, keptOf(present));
        await store.deleteEnvironment(write.db, present.id);
        const changes = environmentDiff(present, undefined);
        await write.record({ action: 'delete', entity: 'environment', id: present.id, changes });
        write.announce({ entity: 'environment-end', id: present.id });
      });
    },
  };
}

/** @throws AppError 409 while contact centres use it */
async function requireUnused(db: Queryable, id: string): Promise<void> {
  const users = await store.contactCentersUsing(db, id, maxNamedUsers);
  if (users.length === 0) return;
  throw conflict(
    `The environment is used by contact centres (${users.join(', ')}): delete them or give them another environment first`,
    { field: 'id', reason: 'in_use' },
  );
}

/** Without a name it gets the usual one. @throws AppError 409 when the id or the name is taken */
async function insert(write: Write, id: string, given: EnvironmentFields): Promise<Environment> {
  requireServers(given);
  if (!(await store.insertEnvironment(write.db, id, given))) {
    throw conflict(`An environment with the id ${id} exists: change it with PUT, or choose another id`, {
      field: 'data.id',
      reason: 'taken',
    });
  }
  const fields = given.name === '' ? { ...given, name: await store.giveUsualName(write.db, id) } : given;
  if (given.name !== '') await giveName(write.db, id, given.name);
  const changes = environmentDiff(undefined, fields);
  await write.record({ action: 'create', entity: 'environment', id, changes });
  return reread(write.db, id);
}

/** @throws AppError 400, 409 */
async function giveName(db: Queryable, id: string, name: string): Promise<void> {
  requireHonestName('data.name', name);
  if (!(await store.giveName(db, id, name))) throw nameTaken(name);
}

/** As `giveName` would find it. @throws AppError 400, 409 */
async function requireFreeName(db: Queryable, id: string, name: string): Promise<void> {
  requireHonestName('data.name', name);
  if (await store.isNameOfAnother(db, id, name)) throw nameTaken(name);
}

function nameTaken(name: string) {
  return conflict(`Another environment is called ${JSON.stringify(name)}: choose another name`, {
    field: 'data.name',
    reason: 'taken',
  });
}

async function lock({ ifMatch }: WriteContext, { db }: Write, id: string): Promise<Environment> {
  const present = await store.lockEnvironment(db, id);
  if (!present) throw unknownEnvironment(id);
  requireMatch(ifMatch, present.version);
  return present;
}

async function reread(db: Queryable, id: string): Promise<Environment> {
  const environment = await store.readEnvironment(db, id);
  if (!environment) throw new Error(`environment ${id} vanished inside its own transaction`);
  return environment;
}

/** The password that the change brings along, if any. @throws AppError 400 where the change needs it */
function requireSentPassword(
  present: Environment,
  merged: EnvironmentFields,
  { password, storedPassword, field }: SentPassword,
): string | undefined {
  const diverting = divertingField(present, merged);
  if (diverting === undefined) return password;
  const sent = password ?? storedPassword;
  if (sent !== undefined) return sent;
  throw passwordNeeded(diverting, field ?? (present.ldap ? 'data.ldap.bindPassword' : 'data.password'));
}

function passwordNeeded(diverting: string, field: string) {
  return badRequest(
    `${diverting} changes to whom, or how protected, the stored password is sent: send the password of the account again in the same request`,
    { field, reason: 'missing' },
  );
}
