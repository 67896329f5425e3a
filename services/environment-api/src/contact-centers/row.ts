/** A row of `contact_centers` with its domains, as every query on it selects them. */
import type { ContactCenter } from './contact-center.ts';

export interface ContactCenterRow {
  id: string;
  ordinal: string;
  version: string;
  environment_id: string;
  name: string;
  auth: ContactCenter['auth'];
  status: ContactCenter['status'];
  created_at: Date;
  updated_at: Date;
  domains: string[];
}

/** Columns of `contact_centers c` with the domains in their order. */
export const contactCenterColumns = `c.*, ARRAY(SELECT d.domain::text FROM environment.contact_center_domains d
    WHERE d.contact_center_id = c.id ORDER BY d.position) AS domains`;

export function toContactCenter(row: ContactCenterRow): ContactCenter {
  return {
    id: row.id,
    ordinal: Number(row.ordinal),
    version: Number(row.version),
    environmentId: row.environment_id,
    name: row.name,
    domains: row.domains,
    auth: row.auth,
    status: row.status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
