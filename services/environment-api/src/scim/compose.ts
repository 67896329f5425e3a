/** Composes SCIM: the services of people and groups, and its routes with their own callers. */
import type { Access } from '../access/compose.ts';
import type { ApiKeyService } from '../api-keys/service.ts';
import type { Writer } from '../changes/writer.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createGroupService } from '../people/group-service.ts';
import type { PeopleService } from '../people/service.ts';
import { createScimAdmission } from './authenticate.ts';
import { createBulk } from './bulk/bulk.ts';
import { createGroups } from './groups.ts';
import { scimRoutes } from './routes.ts';
import { createSearch } from './search.ts';
import { unknownPaths } from './unknown-paths.ts';
import { createUsers } from './users.ts';

interface ScimDependencies {
  access: Access;
  writer: Writer;
  people: PeopleService;
  apiKeys: ApiKeyService;
}

export function composeScim(core: Core, { access, writer, people, apiKeys }: ScimDependencies) {
  const { pool: db, publicUrl, now } = core;
  const users = createUsers({ people });
  const groups = createGroups({ groups: createGroupService({ db, writer }) });
  const bulk = createBulk({ writer, users, groups });
  const admission = createScimAdmission({ apiKeys, others: access.admission, now });
  const options = { db, admission, users, groups, bulk, search: createSearch({ users, groups }), publicUrl };
  return {
    mounts: [
      ['provisioners', '', (scim) => scimRoutes(scim, options)],
      ['provisioners', '', unknownPaths],
    ],
  } satisfies Domain;
}
