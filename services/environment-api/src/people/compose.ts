/** Composes people of the people store: what administrators and Auth API ask of them, and the links for first passwords. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import type { Writer } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { internalLinkRoutes, internalPeopleRoutes } from './internal-routes.ts';
import { passwordLinkRoutes } from './link-routes.ts';
import { createPasswordLinks } from './password-links.ts';
import { createPasswords } from './passwords.ts';
import { personRoutes } from './person-routes.ts';
import { createProvidedPasswords } from './provided-password.ts';
import { createPeopleService } from './service.ts';

export function composePeople(dependencies: {
  pool: Pool;
  writer: Writer;
  changeLog: Pick<ChangeLog, 'latest'>;
  contactCenters: ContactCenterService;
  administratorPlaces: AdministratorPlaces;
  secretBox: SecretBox;
  publicUrl: string | undefined;
  now: Clock;
}) {
  const { pool: db, ...rest } = dependencies;
  const { writer, secretBox, changeLog } = dependencies;
  const passwordLinks = createPasswordLinks({ db, ...rest });
  const service = createPeopleService({
    db,
    writer,
    passwords: createProvidedPasswords(secretBox),
    changeLog,
    administratorPlaces: dependencies.administratorPlaces,
  });
  const options = { db, passwords: createPasswords(dependencies), passwordLinks };
  return {
    service,
    routes: async (api: App) => {
      passwordLinkRoutes(api, { passwordLinks });
      personRoutes(api, { db, people: service });
    },
    internalRoutes: async (internal: App) => internalPeopleRoutes(internal, options),
    internalLinkRoutes: async (internal: App) => internalLinkRoutes(internal, options),
  };
}
