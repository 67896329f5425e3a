/** Remembers browsers in which a person gave a second factor: for some days the password is enough there. */
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { equalDigests, randomToken, randomUuid, sha256 } from '@gatehouse/service-kit/crypto';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import { beginEpoch, beginEpochEverywhere, beginEpochOf } from '../store/person-lock.ts';
import type { Primary } from '../store/primary.ts';

export interface RememberedDevice {
  id: string;
  /** When the person gave the second factor. */
  grantedAt: Date;
  endsAt: Date;
  userAgent: string;
}

/** The policy of the contact centre as it is now: a shorter one counts for devices that are remembered already. */
export interface RememberPolicy {
  /** 0: never. */
  days: number;
  /** When the policy was last made stricter: a device that was remembered before does not count. */
  raisedAtMs?: number | undefined;
}

export function rememberPolicyOf({
  rememberDays,
  raisedAt,
}: Pick<SecondFactorView, 'rememberDays' | 'raisedAt'>): RememberPolicy {
  return { days: rememberDays, raisedAtMs: raisedAt === undefined ? undefined : Date.parse(raisedAt) };
}

/** When the factor is asked for again; before everything: a stricter policy ended the device. */
function endMsOf(
  device: { grantedAt: Date; endsAt: Date },
  { days, raisedAtMs = Number.NEGATIVE_INFINITY }: RememberPolicy,
): number {
  const grantedAtMs = device.grantedAt.getTime();
  if (grantedAtMs <= raisedAtMs) return Number.NEGATIVE_INFINITY;
  return Math.min(device.endsAt.getTime(), grantedAtMs + days * dayMs);
}

/** Of one person; the oldest go. */
const maxDevices = 20;
const maxUserAgentLength = 256;
const dayMs = 86_400_000;

interface RememberedDevicesOptions {
  /** Of this region: for lists. */
  db: Queryable;
  primary: Primary;
  revocations: Pick<Revocations, 'isRevoked'>;
  events: Pick<FactorEvents, 'write'>;
  log: Logger;
  now: Clock;
}

export type RememberedDevices = ReturnType<typeof createRememberedDevices>;

export function createRememberedDevices(options: RememberedDevicesOptions) {
  const { db, primary, revocations, events, log, now } = options;

  /** Undefined while it cannot be read: the person is asked for the factor. */
  const find = (person: PersonKey, id: string) =>
    primary
      .ask((at) => findDevice(at, person, id))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'remembered devices cannot be read: second factors are asked for');
        return undefined;
      });

  return {
    /**
     * Gives the value of the cookie and its end. `given`: the factor that was given a moment ago; a remembered device is none, so nothing
     * prolongs itself, and a recovery code is no reason to do without a factor.
     * Undefined where the policy says never, or where devices ended since the factor was given.
     * @throws AppError (503)
     */
    async remember(
      person: PersonKey,
      given: { factor: 'totp' | 'passkey'; atMs: number; epoch: number },
      { days }: RememberPolicy,
      userAgent = '',
    ): Promise<{ value: string; endsAt: Date } | undefined> {
      if (days <= 0) return undefined;
      const id = randomUuid();
      const secret = randomToken();
      const endsAt = new Date(given.atMs + days * dayMs);
      const device = { id, secretHash: sha256(secret), grantedAt: new Date(given.atMs), endsAt };
      const isAdded = await primary.ask((at) =>
        addDevice(at, person, {
          ...device,
          epoch: given.epoch,
          userAgent: userAgent
            .toWellFormed()
            .replaceAll('\0', '')
            .slice(0, maxUserAgentLength)
            .toWellFormed(),
        }),
      );
      if (!isAdded) return undefined;
      await primary.ask((at) => trimDevices(at, person));
      await events.write(person, 'device_remembered', { until: endsAt.toISOString() });
      return { value: `${id}.${secret}`, endsAt };
    },

    /** When the person gave the factor in this browser; undefined: the factor is asked for. */
    async verify(person: PersonKey, value: string, policy: RememberPolicy): Promise<number | undefined> {
      const [id = '', secret = ''] = value.split('.', 2);
      if (policy.days <= 0 || !isUuid(id)) return undefined;
      const device = await find(person, id);
      if (device === undefined || !equalDigests(device.secretHash, sha256(secret))) return undefined;
      const { contactCenterId, sub } = person;
      const grantedAtMs = device.grantedAt.getTime();
      if (now() >= endMsOf(device, policy)) return undefined;
      // A sign-out everywhere and a new password are known here before they are written to the device.
      const contactCenterIds = [contactCenterId];
      if (revocations.isRevoked({ sub, contactCenterIds, issuedAtMs: grantedAtMs })) return undefined;
      return grantedAtMs;
    },

    /** Those that count by the policy as it is now, the newest first. */
    async list(person: PersonKey, policy: RememberPolicy) {
      const devices = await listDevices(db, person);
      return devices
        .map((device) => ({ ...device, endMs: endMsOf(device, policy) }))
        .filter(({ endMs }) => now() < endMs)
        .map(({ endMs, ...device }) => ({ ...device, endsAt: new Date(endMs) }));
    },
    /** False: the person has no such device. @throws AppError (503) */
    end: (person: PersonKey, id: string) => primary.ask((at) => deleteDevice(at, person, id)),
    /** @throws AppError (503) */
    endAll: (person: PersonKey) => primary.ask((at) => beginEpoch(at, person)),
    /** In every contact centre. @throws AppError (503) */
    endEverywhere: (sub: string) => primary.ask((at) => beginEpochEverywhere(at, sub)),
    /** Of all people of a contact centre. @throws AppError (503) */
    endOf: (contactCenterId: string) => primary.ask((at) => beginEpochOf(at, contactCenterId)),
  };
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

interface StoredDevice extends RememberedDevice {
  secretHash: string;
}

/** Of the epoch that is now. */
async function findDevice(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: string,
): Promise<StoredDevice | undefined> {
  const { rows } = await db.query<StoredDevice>({
    name: 'find_remembered_device',
    text: `SELECT id, secret_hash AS "secretHash", granted_at AS "grantedAt", ends_at AS "endsAt", user_agent AS "userAgent"
      FROM auth.remembered_devices JOIN auth.factor_epochs USING (contact_center_id, sub, epoch)
      WHERE id = $3 AND contact_center_id = $1 AND sub = $2 AND ends_at > clock_timestamp()`,
    values: [contactCenterId, sub, id],
  });
  return rows[0];
}

async function listDevices(db: Queryable, { contactCenterId, sub }: PersonKey): Promise<RememberedDevice[]> {
  const { rows } = await db.query<RememberedDevice>(
    `SELECT id, granted_at AS "grantedAt", ends_at AS "endsAt", user_agent AS "userAgent"
      FROM auth.remembered_devices JOIN auth.factor_epochs USING (contact_center_id, sub, epoch)
      WHERE contact_center_id = $1 AND sub = $2 AND ends_at > clock_timestamp() ORDER BY granted_at DESC, id`,
    [contactCenterId, sub],
  );
  return rows;
}

/** False where the epoch is over: what ended the devices also ends this one. */
async function addDevice(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  device: StoredDevice & { epoch: number },
): Promise<boolean> {
  const { id, secretHash, grantedAt, endsAt, epoch, userAgent } = device;
  const { rowCount } = await db.query(
    `INSERT INTO auth.remembered_devices
        (id, contact_center_id, sub, secret_hash, granted_at, ends_at, epoch, user_agent)
      SELECT $3, $1, $2, $4, $5, $6, epoch, $8 FROM auth.factor_epochs
        WHERE contact_center_id = $1 AND sub = $2 AND epoch = $7`,
    [contactCenterId, sub, id, secretHash, grantedAt, endsAt, epoch, userAgent],
  );
  return rowCount === 1;
}

async function trimDevices(db: Queryable, { contactCenterId, sub }: PersonKey): Promise<void> {
  await db.query(
    `DELETE FROM auth.remembered_devices WHERE id IN (
      SELECT id FROM auth.remembered_devices WHERE contact_center_id = $1 AND sub = $2
        ORDER BY granted_at DESC, id OFFSET ${maxDevices})`,
    [contactCenterId, sub],
  );
}

async function deleteDevice(
  db: Queryable,
  { contactCenterId, sub }: PersonKey,
  id: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'DELETE FROM auth.remembered_devices WHERE id = $3 AND contact_center_id = $1 AND sub = $2',
    [contactCenterId, sub, id],
  );
  return rowCount === 1;
}
