/** Serves the links of a person of the people store to identity providers: the list, the form that adds one, the question before one goes. */
import { createSingleSignOnAdministration } from '@gatehouse/api-client/environment-api';
import { providerProtocols } from '@gatehouse/contracts/values';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { loginNames } from '../audit/trail.ts';
import { formRoutes } from '../form/routes.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { listView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { issuerIn } from '../single-sign-on/places.ts';
import { personConfirmation } from './confirmations.ts';
import { type KnownProvider, linkOf, linkPage, linksPage } from './link-pages.ts';
import { addressOf, nameFields } from './names.ts';
import { keptPerson, peopleOf } from './store.ts';

const fields = nameFields.shape;

async function providersOf({ environmentApi }: ConsoleVisit, contactCenterId: string) {
  const calls = createSingleSignOnAdministration(environmentApi);
  const found = await Promise.all(
    providerProtocols.map(async (protocol) =>
      (await calls.list(contactCenterId, protocol)).flatMap((record): KnownProvider[] => {
        const issuer = issuerIn(record);
        return issuer === undefined ? [] : [{ protocol, issuer }];
      }),
    ),
  );
  return found.flat();
}

export function linkRoutes(pages: App, shell: Shell): void {
  detailRoute(pages, shell, { url: '/links', query: fields, view: listView }, async (visit, named) => {
    const { profile, stored } = await keptPerson(visit, named);
    const links = await peopleOf(visit, profile.contactCenterId).links(stored.id);
    const authors = await loginNames(
      visit,
      links.flatMap(({ linkedBy }) => linkedBy ?? []),
    );
    return linksPage(visit, profile, links, authors);
  });

  formRoutes(pages, shell, {
    url: '/link',
    fields,
    async read(visit, { user, contactCenter }) {
      const { profile, stored } = await keptPerson(visit, { user, contactCenter });
      return { profile, stored, providers: await providersOf(visit, profile.contactCenterId) };
    },
    page: linkPage,
    act: (visit, _named, { typed, seen: { profile, stored } }) =>
      peopleOf(visit, profile.contactCenterId).link(stored.id, linkOf(visit, typed)),
    done: (visit, { user, contactCenter }) =>
      shell.done(visit, addressOf('links', { user, contactCenter }), 'console.people.linked'),
  });

  confirmFirst(pages, shell, {
    url: '/unlink',
    fields: { ...fields, link: z.string().min(1).max(128) },
    async page(visit, { link, ...named }) {
      const { profile } = await keptPerson(visit, named);
      return personConfirmation(visit, 'unlink', profile, { link });
    },
    async act(visit, { link, ...named }) {
      const { profile, stored } = await keptPerson(visit, named);
      return peopleOf(visit, profile.contactCenterId).unlink(stored.id, link);
    },
    done: (visit, { link: _gone, ...named }) =>
      shell.done(visit, addressOf('links', named), 'console.people.unlinked'),
  });
}
