/** Lists clients that were deleted, and restores each once, with a new secret. */
import { notFound } from '@gatehouse/service-kit/errors';
import { cutPage, type Page } from '@gatehouse/service-kit/http';
import type { Actor } from '../../../core/administration/actor.ts';
import { type Client, usesSecret } from '../client.ts';
import { createClientChanges } from '../client-changes.ts';
import { createClientSecrets } from '../client-secrets.ts';
import { newClient } from '../new-client.ts';
import type { ClientServiceOptions } from '../service.ts';
import { insertUnique, taken } from '../unique.ts';
import { findDeletedClient, listDeletedClients, takeDeletedClient } from './store.ts';

export type ClientRestoration = ReturnType<typeof createClientRestoration>;

/** `keptDays`: for how many days a deleted client can be restored. */
export function createClientRestoration(options: ClientServiceOptions & { keptDays: number }) {
  const { db, logos, now, defaults, configuredIds, keptDays } = options;
  const { change } = createClientChanges(options);
  const secrets = createClientSecrets(options);

  /** @throws AppError (404) */
  async function read(id: string) {
    return (await findDeletedClient(db, keptDays, id)) ?? missing(id);
  }

  return {
    read,
    /** Newest first. */
    async list(search: string | undefined, page: Page) {
      const rows = await listDeletedClients(db, keptDays, search, page);
      return cutPage(rows, page.limit, ({ ordinal }) => ordinal);
    },
    /** Only this answer shows the secret. @throws AppError (404), (409) where the client id is taken */
    async restore(id: string, anotherId: string | undefined, actor: Actor) {
      const kept = await read(id);
      const clientId = anotherId ?? kept.clientId;
      if (configuredIds.includes(clientId)) throw taken(clientId);
      // A release may have added fields since the deletion: these get the values of a new client.
      const client: Client = { ...newClient(clientId, defaults, now()), ...kept.registration, clientId };
      const { logoUri } = client;
      // Without its picture it works as before; a change of the address takes it again.
      const logo = logoUri && (await logos.take(clientId, logoUri).catch(() => undefined));
      if (logo) client.logo = logo;
      const generated = usesSecret(client) ? secrets.generate() : undefined;
      if (generated !== undefined) client.secrets = [generated.stored];
      const { after } = await change(clientId, 'client_restored', actor, async (transaction) => {
        if (!(await takeDeletedClient(transaction.client, id))) missing(id);
        return { before: undefined, after: await insertUnique(transaction.client, client) };
      });
      return { client: after, secret: generated?.secret };
    },
  };
}

function missing(id: string): never {
  throw notFound(`No deleted client that can be restored has the id ${JSON.stringify(id)}`);
}
