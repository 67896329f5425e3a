/** Serves the forms that add and change people of the people store, and the question before one is deleted. */
import { UpstreamError } from '@gatehouse/api-client/http';
import type { App } from '@gatehouse/service-kit/http';
import { groupNames } from '../form/references.ts';
import { formRoutes } from '../form/routes.ts';
import { besideLines } from '../form/sections.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { shownOnceView } from '../shell/pages.ts';
import type { Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { passwordLinkPage, personConfirmation } from './confirmations.ts';
import { addressOf, centerAddress, centerField, nameFields } from './names.ts';
import { addPage, asksForLink, changeOf, changePage, newPersonOf, personInputs } from './person-form.ts';
import { centerOf, keptPerson, peopleOf } from './store.ts';

export function storeRoutes(pages: App, shell: Shell): void {
  formRoutes(pages, shell, {
    url: '/add',
    fields: centerField,
    async read(visit, { contactCenter }) {
      const [center, groups] = await Promise.all([
        centerOf(visit, contactCenter),
        groupNames(visit, contactCenter),
      ]);
      return { center, groups };
    },
    page: (visit, seen, typed) => addPage(visit, seen, typed),
    async act(visit, { contactCenter }, { typed }) {
      const calls = peopleOf(visit, contactCenter);
      const { id, userName, status } = await calls.create(newPersonOf(visit, typed));
      const wantsLink = asksForLink(visit, typed) && status === 'active';
      return {
        userName,
        wantsLink,
        link: wantsLink ? await unlessRefused(calls.passwordLink(id)) : undefined,
      };
    },
    done(visit, { contactCenter }, { userName, wantsLink, link }) {
      const named = { user: userName, contactCenter };
      if (link !== undefined) return shell.show(visit, shownOnceView, passwordLinkPage(visit, named, link));
      const said = wantsLink ? 'console.people.added.noLink' : 'console.people.added';
      return shell.done(visit, addressOf('person', named), said);
    },
    beside: (visit, problem) => besideLines(visit, personInputs, problem),
  });

  formRoutes(pages, shell, {
    url: '/change',
    fields: nameFields.shape,
    async read(visit, { user, contactCenter }) {
      const kept = await keptPerson(visit, { user, contactCenter });
      return { ...kept, groups: await groupNames(visit, kept.profile.contactCenterId) };
    },
    page: (visit, kept, typed) => changePage(visit, kept, typed),
    act: (visit, _named, { typed, etag, seen: { stored, profile } }) =>
      peopleOf(visit, profile.contactCenterId, etag).change(stored.id, changeOf(visit, typed, stored)),
    done: (visit, _named, { userName }, { profile: { contactCenterId } }) =>
      shell.done(
        visit,
        addressOf('person', { user: userName, contactCenter: contactCenterId }),
        'console.people.changed',
      ),
    beside: (visit, problem) => besideLines(visit, personInputs, problem),
  });

  confirmFirst(pages, shell, {
    url: '/delete',
    fields: { ...nameFields.shape, ...tagField },
    async page(visit, { ifMatch: _seen, ...named }) {
      const { profile, etag } = await keptPerson(visit, named);
      return personConfirmation(visit, 'delete', profile, { ifMatch: etag });
    },
    async act(visit, { ifMatch: etag, ...named }) {
      const { profile, stored } = await keptPerson(visit, named);
      await peopleOf(visit, profile.contactCenterId, etag).remove(stored.id);
      return { contactCenterId: profile.contactCenterId, id: stored.id };
    },
    done: (visit, { user }, { contactCenterId, id }) =>
      shell.deleted(visit, centerAddress(contactCenterId), { kind: 'person', id }, [
        'console.people.deleted',
        { user },
      ]),
  });
}

/** The person is there all the same: an installation without the address of its pages makes no link. */
async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof UpstreamError) return undefined;
    throw error;
  }
}
