/** Composes people of the people store: what administrators and Auth API ask of them, and the links for first passwords. */
import type { Access } from '../access/compose.ts';
import type { Writer } from '../changes/writer.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import type { SettingService } from '../settings/service.ts';
import { internalLinkRoutes, internalPeopleRoutes, internalSearchRoutes } from './internal-routes.ts';
import { passwordLinkRoutes } from './link-routes.ts';
import { createPasswordLinks } from './password-links.ts';
import { createPasswords } from './passwords.ts';
import { personRoutes } from './person-routes.ts';
import { createProvidedPasswords } from './provided-password.ts';
import { createPeopleService } from './service.ts';
import { createProvidedPeople } from './sign-on/provided.ts';
import { providedPeopleRoutes } from './sign-on/provided-routes.ts';
import { signOnLinkRoutes } from './sign-on/sign-on-link-routes.ts';
import { createSignOnLinks } from './sign-on/sign-on-links.ts';

interface PeopleDependencies {
  access: Access;
  writer: Writer;
  contactCenters: ContactCenterService;
  settings: SettingService;
}

export function composePeople(core: Core, { access, writer, contactCenters, settings }: PeopleDependencies) {
  const { pool: db, secretBox, changeLog, publicUrl } = core;
  const { administratorPlaces } = access;
  const passwordLinks = createPasswordLinks({
    db,
    writer,
    contactCenters,
    settings,
    administratorPlaces,
    secretBox,
    publicUrl,
  });
  const passwords = createProvidedPasswords(secretBox);
  const people = createPeopleService({ db, writer, passwords, changeLog, administratorPlaces });
  const provided = createProvidedPeople({ db, writer, people, administratorPlaces });
  const links = createSignOnLinks({ db, writer, people });
  const options = { db, passwords: createPasswords({ writer, secretBox }), passwordLinks };
  return {
    services: people,
    mounts: [
      ['callers', '/contact-centers/:id/people', (api) => passwordLinkRoutes(api, { passwordLinks })],
      ['callers', '/contact-centers/:id/people', (api) => personRoutes(api, { db, people })],
      ['callers', '/contact-centers/:id/people', (api) => signOnLinkRoutes(api, { db, links })],
      ['services', '/environments/:id/people', (internal) => internalPeopleRoutes(internal, options)],
      [
        'services',
        '/contact-centers/:id/sign-on-people',
        (internal) => providedPeopleRoutes(internal, { provided }),
      ],
      ['services', '/people', (internal) => internalSearchRoutes(internal, options)],
      ['services', '/password-links', (internal) => internalLinkRoutes(internal, options)],
    ],
  } satisfies Domain;
}
