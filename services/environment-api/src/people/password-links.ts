/** Issues the links by which people choose their first password, and redeems each once. */
import { type PasswordLink, personChangeId } from '@gatehouse/contracts/environment-api';
import { hiddenValue } from '@gatehouse/service-kit/changes';
import { randomToken, type SecretBox, sha256 } from '@gatehouse/service-kit/crypto';
import { conflict, notFound } from '@gatehouse/service-kit/errors';
import { isoTime, type Queryable } from '@gatehouse/service-kit/postgres';
import { type AdministratorPlaces, type LinkMaker, linkMakerOf } from '../access/administrator-places.ts';
import { requireReach } from '../access/caller.ts';
import type { WriteContext, Writer } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { parseId } from '../fields/scalars.ts';
import type { SettingService } from '../settings/service.ts';
import { requirePasswordHash, storePassword } from './passwords.ts';
import { lockPersonView, type PersonRow, personJson } from './person-view.ts';
import { announceEnd } from './service.ts';

export type PasswordLinks = ReturnType<typeof createPasswordLinks>;

interface FoundLink extends PasswordLink {
  /** Decides for whom it works: the person may have got a right at the console since. */
  maker: LinkMaker;
}

type LinkRow = PersonRow & Omit<FoundLink, 'person'>;

export function createPasswordLinks(options: {
  db: Queryable;
  writer: Writer;
  contactCenters: Pick<ContactCenterService, 'read'>;
  settings: Pick<SettingService, 'valueOf'>;
  administratorPlaces: Pick<AdministratorPlaces, 'requireOther' | 'isReached'>;
  secretBox: SecretBox;
  /** Where the pages are; undefined: this API does not know, and issues no link. */
  publicUrl: string | undefined;
}) {
  const { db, writer, contactCenters, settings, administratorPlaces, secretBox, publicUrl } = options;

  const find = async (from: Queryable, code: string): Promise<FoundLink> => {
    const { rows } = await from.query<LinkRow>({
      name: 'password_link_by_digest',
      text: `SELECT ${personJson} AS person, p.environment_id AS "environmentId", c.id AS "contactCenterId",
          ${isoTime('l.expires_at')} AS "expiresAt",
          CASE l.digest WHEN l.digest_for_administrators THEN 'installation'
            WHEN l.digest_for_center THEN 'contact centre' ELSE 'anybody' END AS maker
        FROM environment.password_links l JOIN environment.people p ON p.id = l.person_id
        JOIN environment.contact_centers c ON c.environment_id = p.environment_id
        WHERE l.digest = $1 AND l.expires_at > clock_timestamp() AND p.is_active AND c.status = 'active'`,
      values: [sha256(code)],
    });
    const [row] = rows;
    if (row === undefined) throw noLink();
    return row;
  };
  /** @throws AppError 404, 503 */
  const requireStillReached = async ({ maker, contactCenterId, person }: FoundLink) => {
    if (!(await administratorPlaces.isReached(maker, contactCenterId, person))) throw noLink();
  };

  return {
    /** @throws AppError 403 about administrators, 404, 409 for a person who is not active */
    async issue(context: WriteContext, contactCenterText: string, personText: string) {
      const address = requirePublicUrl(publicUrl);
      const code = randomToken();
      const contactCenterId = requireReach(context.caller, contactCenterText);
      const expiresAt = await writer.write(context, async (write) => {
        const { environmentId } = await contactCenters.read(context.caller, contactCenterId);
        const id = parseId(personText);
        const person = id && (await lockPersonView(write.db, environmentId, { field: 'id', value: id }));
        if (!person) throw notFound(`The contact centre has no person ${JSON.stringify(personText)}`);
        await write.requires(() => administratorPlaces.requireOther(context.caller, contactCenterId, person));
        if (!person.isActive) {
          throw conflict('The person is not active: activate them first, then make the link');
        }
        const hours = await settings.valueOf(write.db, contactCenterId, 'password-link-hours');
        const { rows } = await write.db.query<{ expiresAt: string }>(
          `INSERT INTO environment.password_links
              (digest, person_id, expires_at, digest_for_administrators, digest_for_center)
            VALUES ($1, $2, clock_timestamp() + $4::integer * interval '1 hour', CASE $3 WHEN 'installation' THEN $1 END,
              CASE $3 WHEN 'contact centre' THEN $1 END)
            ON CONFLICT (person_id) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at,
              digest_for_administrators = excluded.digest_for_administrators,
              digest_for_center = excluded.digest_for_center
            RETURNING ${isoTime('expires_at')} AS "expiresAt"`,
          [sha256(code), person.id, linkMakerOf(context.caller), hours],
        );
        await write.record({
          action: 'update',
          entity: 'person',
          id: personChangeId(environmentId, person.dbid),
          contactCenterId,
          changes: { passwordLink: { to: hiddenValue } },
        });
        return rows[0]?.expiresAt ?? '';
      });
      return { url: `${address}/auth/first-password?code=${code}`, expiresAt };
    },
    /** @throws AppError 404 for a code that is unknown, used or too old, or that the person may not use any more, 503 */
    async read(code: string): Promise<PasswordLink> {
      const link = await find(db, code);
      await requireStillReached(link);
      const { maker: _, ...shown } = link;
      return shown;
    },
    /** Sets the password and ends the link, both or neither. @throws AppError 400, 404, 503 */
    redeem: (
      context: WriteContext,
      { code, passwordEnvelope }: { code: string; passwordEnvelope: string },
    ): Promise<number> =>
      writer.write(context, async (write) => {
        const link = await find(write.db, code);
        const { person, environmentId, contactCenterId } = link;
        // A request that deactivates the person, or redeems the same link, has the lock first or waits for it.
        const locked = await lockPersonView(write.db, environmentId, { field: 'id', value: person.id });
        const { rowCount } = await write.db.query(
          'DELETE FROM environment.password_links WHERE digest = $1 AND person_id = $2',
          [sha256(code), person.id],
        );
        if (rowCount !== 1 || !locked?.isActive) throw noLink();
        await write.requires(() => requireStillReached(link));
        requirePasswordHash(secretBox, locked, passwordEnvelope);
        const changedAt = await storePassword(write, environmentId, locked, passwordEnvelope);
        // An administrator took the password away that the person had: what was granted by it ends.
        if (locked.passwordEnvelope !== undefined)
          announceEnd(write, { environmentId, contactCenterId }, locked.dbid);
        return changedAt;
      }),
  };
}

function requirePublicUrl(publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl;
  throw conflict(
    'This API does not know the address of the pages: set GATEHOUSE_PUBLIC_URL at Environment API',
  );
}

/** One answer for every reason: a stranger learns nothing about people. */
function noLink() {
  return notFound('The link is unknown, used or too old');
}
