/** Composes what Auth API asks about people of the people store, and the links for first passwords. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import type { Writer } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { internalLinkRoutes, internalPeopleRoutes } from './internal-routes.ts';
import { passwordLinkRoutes } from './link-routes.ts';
import { createPasswordLinks } from './password-links.ts';
import { createPasswords } from './passwords.ts';

export function composePeople(dependencies: {
  pool: Pool;
  writer: Writer;
  contactCenters: ContactCenterService;
  secretBox: SecretBox;
  publicUrl: string | undefined;
  now: Clock;
}) {
  const { pool: db, ...rest } = dependencies;
  const passwordLinks = createPasswordLinks({ db, ...rest });
  const options = { db, passwords: createPasswords(dependencies), passwordLinks };
  return {
    routes: async (api: App) => passwordLinkRoutes(api, { passwordLinks }),
    internalRoutes: async (internal: App) => internalPeopleRoutes(internal, options),
    internalLinkRoutes: async (internal: App) => internalLinkRoutes(internal, options),
  };
}
