/** Diagnoses a client for an administrator: what its registration lacks, and why its last requests were refused. */
import type { ClientDiagnosis } from '@gatehouse/contracts/auth-administration';
import { examine } from '@gatehouse/service-kit/health';
import type { Actor } from '../../core/administration/actor.ts';
import type { Refusals } from '../../oauth/refusals/compose.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import type { ClientService } from '../../registry/clients/service.ts';
import { type ClientChecksOptions, clientChecks } from './client-checks.ts';
import { helpDeskEventOf, refusalOf, shownRefusals } from './events.ts';

interface ClientDiagnosesOptions extends ClientChecksOptions {
  clients: Pick<ClientService, 'get'>;
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
  refusals: Pick<Refusals, 'ofClient'>;
  audit: Pick<AuditWriter, 'write'>;
}

export function createClientDiagnoses(options: ClientDiagnosesOptions) {
  const { clients, search, refusals, audit } = options;
  return {
    /** @throws AppError (404, 503) */
    async diagnose(clientId: string, actor: Actor): Promise<ClientDiagnosis> {
      const client = await clients.get(clientId, actor.within);
      await audit.write(
        helpDeskEventOf('access_inspected', actor, { clientId, fields: { purpose: 'client' } }),
      );
      const { createdAtMs } = client;
      const [examined, { events }, requests] = await Promise.all([
        examine(clientChecks(client, options)),
        search({
          clientId,
          outcome: 'failure',
          // The client may have served other contact centres before, and its id may have been another client's.
          contactCenterId: actor.within,
          fromMs: createdAtMs,
          limit: shownRefusals,
        }),
        refusals.ofClient({ clientId, createdAtMs, contactCenterId: actor.within }),
      ]);
      return {
        client_id: clientId,
        name: client.name,
        ...examined,
        refusals: events.map(refusalOf),
        requests,
      };
    },
  };
}
