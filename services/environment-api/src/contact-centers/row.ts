/** A contact centre as every query selects it. */
import { isoTime } from '../fields/time.ts';

/** One JSON value of `contact_centers c`, in the shape of `ContactCenter`, its domains in their order. */
export const contactCenterJson = `json_build_object(
    'id', c.id, 'ordinal', c.ordinal, 'version', c.version, 'environmentId', c.environment_id, 'name', c.name,
    'auth', c.auth, 'status', c.status, 'createdAt', ${isoTime('c.created_at')}, 'updatedAt', ${isoTime('c.updated_at')},
    'domains', (SELECT coalesce(json_agg(d.domain ORDER BY d.position), '[]'::json)
      FROM environment.contact_center_domains d WHERE d.contact_center_id = c.id)
  )`;
