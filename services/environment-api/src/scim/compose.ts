/** Composes SCIM: the services of people and groups, and the scope of its routes with their own callers, errors and media type. */
import { type App, acceptJsonAs } from '@gatehouse/service-kit/http';
import { createSemaphore } from '@gatehouse/service-kit/limits';
import { admitCallers } from '../access/admission.ts';
import { requireReach } from '../access/caller.ts';
import type { Access } from '../access/compose.ts';
import { decide } from '../access/guard.ts';
import type { ApiKeyService } from '../api-keys/service.ts';
import type { Writer } from '../changes/writer.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createGroupService } from '../people/group-service.ts';
import { findHome } from '../people/home.ts';
import type { PeopleService } from '../people/service.ts';
import { contactCenterIdOf, createScimAdmission } from './authenticate.ts';
import { createBulk } from './bulk.ts';
import { maxPayloadBytes } from './bulk-request.ts';
import { scimErrorHandler } from './errors.ts';
import { createGroups } from './groups.ts';
import { scimRoutes } from './routes.ts';
import { createUsers, type Users } from './users.ts';

/** A filter over very many people takes seconds: logins need the other connections to the database. */
const listsAtOnce = { concurrency: 4, queueLength: 100, patienceMs: 10_000 };

interface ScimDependencies {
  access: Access;
  writer: Writer;
  people: PeopleService;
  apiKeys: ApiKeyService;
}

export function composeScim(core: Core, { access, writer, people, apiKeys }: ScimDependencies) {
  const { pool, publicUrl, now } = core;
  const users = createUsers({ people });
  const groups = createGroups({ groups: createGroupService({ db: pool, writer }) });
  const bulk = createBulk({ writer, users, groups });
  const lists = createSemaphore(listsAtOnce);
  const listingInTurn = <T extends Pick<Users, 'list'>>(service: T): T => ({
    ...service,
    list: (...asked: Parameters<Users['list']>) => lists.run(() => service.list(...asked)),
  });
  const admission = createScimAdmission({ apiKeys, others: access.admission, now });

  async function routes(scim: App) {
    scim.setErrorHandler(scimErrorHandler);
    scim.decorateRequest('home');
    acceptJsonAs('application/scim+json', scim);
    scim.addHook('onRoute', (route) => {
      route.bodyLimit = maxPayloadBytes;
    });
    admitCallers(scim, admission);
    scim.addHook('onRequest', async (request) => {
      decide(request.caller, request);
      request.home = await findHome(pool, requireReach(request.caller, contactCenterIdOf(request)));
    });
    scimRoutes(scim, { users: listingInTurn(users), groups: listingInTurn(groups), bulk, publicUrl });
  }

  return { mounts: [['provisioners', '', routes]] } satisfies Domain;
}
