/** Defines a contact centre: the tenant names that its users type, and the environment that knows these users. */

import type { SecondFactor } from '@gatehouse/contracts/environment-api';
import type { newContactCenterSchema } from '@gatehouse/contracts/resources';
import { isoTime } from '@gatehouse/service-kit/postgres';
import type { z } from 'zod';

type Given = z.output<typeof newContactCenterSchema>;

/** Each described field has a value: where a new one is forgotten, the types say so. */
export type ContactCenterFields = {
  [K in Exclude<keyof Given, 'id' | 'secondFactor'>]-?: Exclude<Given[K], undefined>;
} & {
  /** All of it: what nobody gives is as before. */
  secondFactor: SecondFactor;
};

export interface ContactCenter extends ContactCenterFields {
  id: string;
  /** Order of creation. */
  ordinal: number;
  version: number;
  /** When its second factor last became stricter; ISO 8601, UTC. */
  secondFactorRaisedAt: string | null;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
}

/** The fields that the audit trail compares. */
export function auditedFields(fields: ContactCenterFields): ContactCenterFields {
  const { environmentId, name, domains, auth, membership, status, subjectScope, secondFactor } = fields;
  return { environmentId, name, domains, auth, membership, status, subjectScope, secondFactor };
}

/** SQL expression that builds a `ContactCenter` from `contact_centers c` as one JSON value. */
export const contactCenterJson = `json_build_object(
    'id', c.id, 'ordinal', c.ordinal, 'version', c.version, 'environmentId', c.environment_id, 'name', c.name,
    'auth', c.auth, 'membership', c.membership, 'status', c.status, 'subjectScope', c.subject_scope,
    'secondFactor', c.second_factor, 'secondFactorRaisedAt', ${isoTime('c.second_factor_raised_at')},
    'createdAt', ${isoTime('c.created_at')}, 'updatedAt', ${isoTime('c.updated_at')},
    'domains', (SELECT coalesce(json_agg(d.domain ORDER BY d.position), '[]'::json)
      FROM environment.contact_center_domains d WHERE d.contact_center_id = c.id)
  )`;
