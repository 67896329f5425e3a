/** Composes SCIM: the services of people and groups, and the scope of its routes with their own callers, errors and media type. */
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { acceptJsonAs } from '@gatehouse/service-kit/http/bodies';
import { createSemaphore } from '@gatehouse/service-kit/limits/semaphore';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import type { Caller } from '../access/caller.ts';
import type { ApiKeyService } from '../api-keys/service.ts';
import type { Writer } from '../changes/writer.ts';
import { createGroupService } from '../people/group-service.ts';
import { findHome, requireProvisioner } from '../people/home.ts';
import type { PeopleService } from '../people/service.ts';
import { createScimAuthentication } from './authenticate.ts';
import { createBulk } from './bulk.ts';
import { maxPayloadBytes } from './bulk-request.ts';
import { scimErrorHandler } from './errors.ts';
import { createGroups } from './groups.ts';
import { scimRoutes } from './routes.ts';
import { createUsers, type Users } from './users.ts';

/** A filter over very many people takes seconds: logins need the other connections to the database. */
const listsAtOnce = { concurrency: 4, queueLength: 100, patienceMs: 10_000 };

export function composeScim({
  pool,
  writer,
  people,
  apiKeys,
  authenticate,
  publicUrl,
  now,
}: {
  pool: Pool;
  writer: Writer;
  people: PeopleService;
  apiKeys: ApiKeyService;
  authenticate: (sender: SenderRequest, clientAddress: string) => Promise<Caller>;
  publicUrl: string | undefined;
  now: Clock;
}) {
  const users = createUsers({ people });
  const groups = createGroups({ groups: createGroupService({ db: pool, writer }) });
  const bulk = createBulk({ writer, users, groups });
  const lists = createSemaphore(listsAtOnce);
  const listingInTurn = <T extends Pick<Users, 'list'>>(service: T): T => ({
    ...service,
    list: (...asked: Parameters<Users['list']>) => lists.run(() => service.list(...asked)),
  });
  const authenticateScim = createScimAuthentication({ apiKeys, authenticate, now });

  return {
    routes: async (scim: App) => {
      scim.setErrorHandler(scimErrorHandler);
      scim.decorateRequest('home');
      acceptJsonAs('application/scim+json', scim);
      scim.addHook('onRoute', (route) => {
        route.bodyLimit = maxPayloadBytes;
      });
      // No body is read and nothing is looked up before the caller is authenticated.
      scim.addHook('onRequest', async (request) => {
        const { id } = request.params as { id: string };
        request.caller = await authenticateScim(request, request.ip, id);
        request.home = await findHome(pool, requireProvisioner(request.caller, id));
      });
      scimRoutes(scim, {
        users: listingInTurn(users),
        groups: listingInTurn(groups),
        bulk,
        publicUrl,
      });
    },
  };
}
