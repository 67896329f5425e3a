/** Serves the pages about origins. Each form names one origin, so that no change of another person can be overwritten. */
import {
  createContactCenterAdministration,
  createCorsAdministration,
  createSettingAdministration,
} from '@gatehouse/api-client/environment-api/contact-centers';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { corsSetting } from '../settings/list-page.ts';
import { confirmView, formView, tablesView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { addOriginPage, originsPage, originsPath, removeOriginPage } from './origins-pages.ts';

const params = z.object({ id: z.string().max(64) });
const originField = z.object({ origin: z.string().trim().max(1024).default('') });

export function originRoutes(pages: App, shell: Shell): void {
  const corsOf = ({ environmentApi }: ConsoleVisit) => createCorsAdministration(environmentApi);
  const centerOf = ({ environmentApi }: ConsoleVisit, id: string) =>
    createContactCenterAdministration(environmentApi).read(id);

  pages.get('/:id/origins', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const [center, entries, global] = await Promise.all([
      centerOf(visit, id),
      corsOf(visit).list(id),
      createSettingAdministration(visit.environmentApi).list(undefined),
    ]);
    const allowed = global
      .filter(({ name }) => name === corsSetting)
      .flatMap(({ value }) => value.split(','))
      .filter((origin) => origin !== '');
    return shell.show(visit, tablesView, originsPage(visit, center, entries, [...new Set(allowed)]));
  });

  pages.get('/:id/origins/add', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    return shell.show(visit, formView, addOriginPage(visit, await centerOf(visit, request.params.id), ''));
  });

  pages.post(
    '/:id/origins/add',
    { schema: { hide: true, params, body: originField } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { origin } = request.body;
      const { problem } = await attempt(() => corsOf(visit).add(id, origin));
      if (problem !== undefined) {
        reply.code(problem.status);
        const page = addOriginPage(visit, await centerOf(visit, id), origin, problem);
        return shell.show(visit, formView, page);
      }
      return shell.done(visit, originsPath(id), 'console.contactCenters.origins.added', { origin });
    },
  );

  pages.get(
    '/:id/origins/remove',
    { schema: { hide: true, params, querystring: originField } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const center = await centerOf(visit, request.params.id);
      return shell.show(visit, confirmView, removeOriginPage(visit, center, request.query.origin));
    },
  );

  pages.post(
    '/:id/origins/remove',
    { schema: { hide: true, params, body: originField } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { origin } = request.body;
      await corsOf(visit).remove(id, origin);
      return shell.done(visit, originsPath(id), 'console.contactCenters.origins.removed', { origin });
    },
  );
}
