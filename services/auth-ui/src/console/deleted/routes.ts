/** Serves the pages of what was deleted: their list, its restoration, the undo of a message, and the end before its time. */

import { consolePath } from '@gatehouse/contracts/auth-api';
import type { Restored } from '@gatehouse/contracts/environment-administration';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { clientPath } from '../clients/page-header.ts';
import { formRoutes } from '../form/routes.ts';
import { addressOf } from '../people/names.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { deletedPath } from '../shell/flash.ts';
import { listRoute } from '../shell/lists.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import { shownOnceView } from '../shell/pages.ts';
import type { Shell } from '../shell/shell.ts';
import { clientsOf, findKept, kinds, listKept, objectsOf, readKept } from './kept.ts';
import {
  actionsOf,
  columns,
  deleted,
  forgetPage,
  keptPath,
  restorationOf,
  restorePage,
  secretPage,
} from './pages.ts';

const one = { kind: z.enum(kinds), id: z.string().max(255) };

export const deletedArea: Area = {
  path: '/deleted',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'overview', label: 'console.deleted.title', icon: 'deleted' },
  routes(pages, shell) {
    listRoute(pages, shell, {
      resource: deleted,
      ofOwn: { lead: 'console.deleted.lead.own', empty: 'console.deleted.empty' },
      search: 'console.deleted.search',
      read: (visit, { search }) => listKept(visit, search),
      columns,
      actions: actionsOf,
    });
    restoreRoutes(pages, shell);
    forgetRoutes(pages, shell);
    undoRoute(pages, shell);
  },
};

interface Done {
  name: string;
  to: string;
  secret?: string | undefined;
}

function restoreRoutes(pages: App, shell: Shell): void {
  formRoutes(pages, shell, {
    url: '/one/:kind/:id/restore',
    path: one,
    read: (visit, { kind, id }) => readKept(visit, kind, id),
    page: restorePage,
    async act(visit, { kind, id }, { typed, seen }): Promise<Done> {
      const { client_id, ...anew } = restorationOf(visit, seen, typed);
      if (kind !== 'client') {
        const restored = await objectsOf(visit).restore(id, anew);
        const name = anew.name ?? seen.name;
        return { name, to: placeOf(restored, name) };
      }
      const client = await clientsOf(visit).restore(id, { client_id });
      const { client_id: name, client_secret: secret } = client;
      return { name, to: clientPath(name), secret };
    },
    done: (visit, _asked, { name, to, secret }) =>
      secret === undefined
        ? shell.done(visit, to, 'console.deleted.restored', { name })
        : shell.show(visit, shownOnceView, secretPage(visit, name, secret)),
  });
}

function placeOf({ kind, id, contactCenterId }: Restored, name: string): string {
  if (kind === 'contact-center') return contactCenterPath(id);
  return kind === 'environment'
    ? `${consolePath}/environments/${encodeURIComponent(id)}`
    : addressOf('person', { user: name, contactCenter: contactCenterId });
}

function forgetRoutes(pages: App, shell: Shell): void {
  confirmFirst(pages, shell, {
    url: '/one/:kind/:id/forget',
    path: one,
    page: async (visit, { kind, id }) => forgetPage(visit, await readKept(visit, kind, id)),
    async act(visit, { kind, id }) {
      const { name } = await readKept(visit, kind, id);
      await objectsOf(visit).forget(id);
      return name;
    },
    done: (visit, _asked, name) => shell.done(visit, deletedPath, 'console.deleted.forgotten', { name }),
  });
}

/** The button of the message after a deletion: leads to the form, which asks for what it needs. */
function undoRoute(pages: App, shell: Shell): void {
  pages.post('/undo/:kind/:id', { schema: { hide: true, params: z.object(one) } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { kind, id } = request.params;
    const kept = await findKept(visit, kind, id);
    return reply.redirect(kept === undefined ? deletedPath : `${keptPath(kind, kept)}/restore`, 303);
  });
}
