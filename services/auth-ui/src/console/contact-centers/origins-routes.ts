/** Serves the pages about origins. Each form names one origin, so that no change of another person can be overwritten. */

import { createCorsAdministration, createSettingAdministration } from '@gatehouse/api-client/environment-api';
import type { KnownSettingName } from '@gatehouse/contracts/resources';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { managedThings } from '../shell/managed.ts';
import { tablesView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { centerOf, centerParams as params } from './center.ts';
import { addOriginPage, newOriginOf, originsPage, originsPath, removeOriginPage } from './origins-pages.ts';

const listQuery = z.object({ page: pageNumber, globalPage: pageNumber });
const originField = z.object({ origin: typedText(1024) });

export function originRoutes(pages: App, shell: Shell): void {
  const corsOf = ({ environmentApi }: ConsoleVisit) => createCorsAdministration(environmentApi);

  detailRoute(
    pages,
    shell,
    { url: '/:id/origins', path: params.shape, query: listQuery.shape, view: tablesView },
    async (visit, asked) => {
      const { id } = asked;
      const [center, entries, managed, global] = await Promise.all([
        centerOf(visit, id),
        corsOf(visit).list(id),
        managedThings(visit, { kind: 'Origin', contactCenterId: id }),
        createSettingAdministration(visit.environmentApi).list(undefined),
      ]);
      const allowed = global
        .filter(({ name }) => name === ('cors-origins' satisfies KnownSettingName))
        .flatMap(({ value }) => value.split(','))
        .filter((origin) => origin !== '');
      return originsPage(visit, center, { entries, managed, global: [...new Set(allowed)] }, asked);
    },
  );

  formRoutes(pages, shell, {
    url: '/:id/origins/add',
    path: params.shape,
    read: async (visit, { id }) => ({ center: await centerOf(visit, id) }),
    page: (visit, { center }, typed) => addOriginPage(visit, center, typed),
    async act(visit, { id }, { typed }) {
      const { origin } = newOriginOf(visit, typed);
      await corsOf(visit).add(id, origin);
      return { origin };
    },
    done: (visit, { id }, { origin }) =>
      shell.done(visit, originsPath(id), 'console.contactCenters.origins.added', { origin }),
  });

  confirmFirst(pages, shell, {
    url: '/:id/origins/remove',
    path: params.shape,
    fields: originField.shape,
    page: async (visit, { id, origin }) => removeOriginPage(visit, await centerOf(visit, id), origin),
    act: (visit, { id, origin }) => corsOf(visit).remove(id, origin),
    managed: ({ id, origin }) => ({
      thing: { kind: 'Origin', contactCenterId: id, name: origin },
      act: 'delete',
    }),
    done: (visit, { id, origin }) =>
      shell.done(visit, originsPath(id), 'console.contactCenters.origins.removed', { origin }),
  });
}
