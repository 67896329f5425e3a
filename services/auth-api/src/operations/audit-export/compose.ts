/** Composes the export of security events. */
import type { Core, Domain } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createEventNames } from './names.ts';
import { auditExportRoute } from './routes.ts';

interface AuditExportDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  clients: Clients;
}

export function composeAuditExport(_core: Core, { audit, contactCenters, clients }: AuditExportDependencies) {
  const { search, seenPeople, writer } = audit;
  const named = createEventNames({
    seenPeople,
    contactCenters: contactCenters.service,
    clients: clients.service,
  });
  return {
    mounts: [
      ['operators', '/auth/v3/ops/audit/export', (app) => auditExportRoute(app, { search, writer, named })],
    ],
  } satisfies Domain;
}
