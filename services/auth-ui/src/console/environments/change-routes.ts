/** Serves the form that changes an environment. What somebody else changed meanwhile is compared, never overwritten. */
import { createEnvironmentAdministration } from '@gatehouse/api-client/environment-api/environments';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { bodyOf, typedOf } from './fields.ts';
import { changePage } from './form-pages.ts';
import { environmentPath } from './frame.ts';

const idParams = z.object({ id: z.string().max(64) });

export function changeRoutes(pages: App, shell: Shell): void {
  pages.get('/:id/change', { schema: { hide: true, params: idParams } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { data, etag } = await createEnvironmentAdministration(visit.environmentApi).readTagged(
      request.params.id,
    );
    return shell.show(visit, formView, changePage(visit, data, typedOf(data.directory, data), etag));
  });

  pages.post(
    '/:id/change',
    { schema: { hide: true, params: idParams, body: z.looseObject(tagField) } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const typed = request.body;
      const now = await createEnvironmentAdministration(visit.environmentApi).readTagged(id);
      const { directory } = now.data;
      const calls = createEnvironmentAdministration(ifMatch(visit.environmentApi, typed.ifMatch));
      const { done, problem } = await attempt(visit, () => calls.change(id, bodyOf(directory, typed, false)));
      if (problem === undefined)
        return shell.done(visit, environmentPath(id), 'console.environments.changed', {
          warning: done.warnings[0]?.message ?? '',
        });
      const mine = changePage(visit, now.data, typed, typed.ifMatch);
      if (problem.status !== 412) return shell.refused(visit, mine, problem);
      const theirs = changePage(visit, now.data, typedOf(directory, now.data), now.etag);
      return shell.compare(visit, { typed: mine, current: theirs, etag: now.etag });
    },
  );
}
