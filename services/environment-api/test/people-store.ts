/** A contact centre whose people are in the people store, and people in it, for tests of what Auth API asks about them. */
import { hashPersonPassword } from '@gatehouse/caller-auth/credentials';
import { personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { nameKey } from '../src/people/name-key.ts';
import type { RunningApi } from './running-api.ts';

export interface TestPerson {
  userName?: string;
  email?: string;
  externalId?: string;
  password?: string;
  isActive?: boolean;
  groups?: string[];
}

export async function createPeopleStore(api: RunningApi) {
  const { pool } = api.deps.core;
  const environmentId = await api.environment();
  await pool.query(
    `WITH gone AS (DELETE FROM environment.config_servers WHERE environment_id = $1)
      UPDATE environment.environments SET directory = 'people', username = NULL, password = NULL, tenant = NULL WHERE id = $1`,
    [environmentId],
  );
  const contactCenterId = await api.contactCenter({ environmentId });
  return { environmentId, contactCenterId, ...peopleIn(api, environmentId) };
}

/** Adds people to an environment, past every rule. */
export function peopleIn(api: RunningApi, environmentId: string) {
  const { pool, secretBox } = api.deps.core;

  async function addToGroup(personId: string, name: string) {
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO environment.people_groups (id, environment_id, name, name_key) VALUES ($1, $2, $3, $4)
        ON CONFLICT (environment_id, name_key) DO UPDATE SET name = excluded.name RETURNING id`,
      [randomUuid(), environmentId, name, nameKey(name)],
    );
    await pool.query('INSERT INTO environment.people_group_members (group_id, person_id) VALUES ($1, $2)', [
      rows[0]?.id,
      personId,
    ]);
  }

  return {
    async add({
      userName = `u-${randomUuid()}`,
      email,
      externalId,
      password,
      isActive = true,
      groups = [],
    }: TestPerson = {}) {
      const id = randomUuid();
      const hash = password === undefined ? undefined : await hashPersonPassword(password);
      const { rows } = await pool.query<{ dbid: number }>(
        `WITH number AS (
            INSERT INTO environment.person_numbers (environment_id, external_id) VALUES ($2, $1::text) RETURNING dbid
          )
          INSERT INTO environment.people (id, environment_id, dbid, user_name, user_name_key, email, email_key,
              external_id, is_active, password, password_changed_at)
            SELECT $1::uuid, $2, dbid, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9::text IS NULL THEN NULL ELSE now() END
            FROM number RETURNING dbid`,
        [
          id,
          environmentId,
          userName,
          nameKey(userName),
          email ?? null,
          email === undefined ? null : nameKey(email),
          externalId ?? null,
          isActive,
          hash === undefined ? null : secretBox.seal(hash, personPasswordPlace(id)),
        ],
      );
      for (const name of groups) await addToGroup(id, name);
      return { id, dbid: rows[0]?.dbid ?? 0, userName, hash: hash ?? '' };
    },
  };
}
