/** Composes the documents of what belongs to Auth API. */
import { deriveMacKeys } from '@gatehouse/service-kit/crypto';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Receivers } from '../../keys/signals/receivers.ts';
import type { Administrators } from '../administrators/compose.ts';
import type { ListedPeople } from '../administrators/routes.ts';
import type { Clients } from '../clients/compose.ts';
import { createAdministratorKind } from './administrators.ts';
import { createClientKind } from './clients.ts';
import { documentRoutes } from './routes.ts';
import { createSecretMacs } from './secret-macs.ts';
import { createDocumentService } from './service.ts';
import { createSignalReceiverKind } from './signal-receivers.ts';

interface DocumentDependencies {
  config: Pick<Config, 'encryption'>;
  clients: Clients;
  administrators: Administrators;
  signals: { receivers: Receivers };
  helpDesk: { people: ListedPeople };
}

export function composeDocuments(core: Core, dependencies: DocumentDependencies) {
  const { config, clients, administrators, signals, helpDesk } = dependencies;
  const macs = createSecretMacs(deriveMacKeys(config.encryption.keys, 'secrets of client documents'));
  const documents = createDocumentService({
    pool: core.pool,
    kinds: [
      createClientKind({ clients: clients.service, macs }),
      createAdministratorKind({ administrators: administrators.service, people: helpDesk.people }),
      createSignalReceiverKind(signals),
    ],
  });
  const { requireWritable } = core;
  return {
    mounts: [['services', '', (app) => documentRoutes(app, { documents, requireWritable })]],
  } satisfies Domain;
}
