/** Composes the documents of clients. */
import { deriveMacKeys } from '@gatehouse/service-kit/crypto';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Clients } from '../clients/compose.ts';
import { clientDocumentRoutes } from './routes.ts';
import { createSecretMacs } from './secret-macs.ts';
import { createClientDocumentService } from './service.ts';

interface DocumentDependencies {
  config: Pick<Config, 'encryption'>;
  clients: Clients;
}

export function composeClientDocuments(core: Core, { config, clients }: DocumentDependencies) {
  const macs = createSecretMacs(deriveMacKeys(config.encryption.keys, 'secrets of client documents'));
  const documents = createClientDocumentService({ pool: core.pool, clients: clients.service, macs });
  const { requireWritable } = core;
  return {
    mounts: [['services', '', (app) => clientDocumentRoutes(app, { documents, requireWritable })]],
  } satisfies Domain;
}
