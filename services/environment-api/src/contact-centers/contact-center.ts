/** A contact centre: the tenant names its users type, and the environment that knows these users. */
import type {
  ContactCenterAuth,
  ContactCenterStatus,
} from '@gatehouse/contracts/environment-api/contact-center';

export interface ContactCenterFields {
  environmentId: string;
  name: string;
  domains: string[];
  auth: ContactCenterAuth;
  status: ContactCenterStatus;
}

export interface ContactCenter extends ContactCenterFields {
  id: string;
  /** Order of creation. */
  ordinal: number;
  version: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  updatedAt: string;
}

/** The fields that the audit trail compares. */
export function auditedFields({ environmentId, name, domains, auth, status }: ContactCenterFields) {
  return { environmentId, name, domains, auth, status };
}
