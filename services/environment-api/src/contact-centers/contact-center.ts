/** A contact centre: the tenant names its users type, and the environment that knows these users. */
import type {
  ContactCenterAuth,
  ContactCenterStatus,
} from '@gatehouse/contracts/environment-api/contact-center';
import type { ContactCenterAnswer } from './schemas.ts';

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
  createdAt: Date;
  updatedAt: Date;
}

export function answerOf(center: ContactCenter): ContactCenterAnswer {
  return {
    id: center.id,
    ...auditedFields(center),
    createdAt: center.createdAt.toISOString(),
    updatedAt: center.updatedAt.toISOString(),
  };
}

/** The fields that the audit trail compares. */
export function auditedFields({ environmentId, name, domains, auth, status }: ContactCenterFields) {
  return { environmentId, name, domains, auth, status };
}
