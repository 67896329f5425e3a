/** Serves the import of a file of people: what it would change, and then the changes that the person agreed to. */
import { applyPlan } from '@gatehouse/api-client/people-file';
import type { App } from '@gatehouse/service-kit/http';
import { detailRoute } from '../shell/details.ts';
import { formView, listView } from '../shell/pages.ts';
import { previewView } from '../shell/preview.ts';
import { attempt } from '../shell/problem.ts';
import type { Shell } from '../shell/shell.ts';
import { acceptTextFiles } from '../shell/upload.ts';
import { importPage, previewPage, undonePage } from './import-pages.ts';
import { bodyLimit, importFields, plannedOf } from './import-plan.ts';
import { centerAddress, centerField } from './names.ts';
import { centerOf, peopleOf } from './store.ts';

export function importRoutes(pages: App, shell: Shell): void {
  acceptTextFiles(pages, bodyLimit);
  const schema = { hide: true, body: importFields };

  detailRoute(
    pages,
    shell,
    { url: '/import', query: centerField, view: formView },
    async (visit, { contactCenter }) => importPage(visit, await centerOf(visit, contactCenter)),
  );

  pages.post('/preview', { bodyLimit, schema }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const fields = request.body;
    const center = await centerOf(visit, fields.contactCenter);
    const { done: planned, problem } = await attempt(visit, () => plannedOf(visit, fields));
    if (problem !== undefined) return shell.refused(visit, importPage(visit, center, fields), problem);
    return shell.show(visit, previewView, previewPage(visit, center, planned, fields));
  });

  pages.post('/import', { bodyLimit, schema }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const fields = request.body;
    const center = await centerOf(visit, fields.contactCenter);
    const { done: planned, problem } = await attempt(visit, () => plannedOf(visit, fields));
    if (problem !== undefined) return shell.refused(visit, importPage(visit, center, fields), problem);
    const isAgain = planned.digest !== fields.seen;
    const wrongName = planned.sums.deleted > 0 && fields.name !== center.name;
    if (isAgain || wrongName) {
      reply.code(isAgain ? 412 : 400);
      const state = { isAgain, wrongName: wrongName && !isAgain };
      return shell.show(visit, previewView, previewPage(visit, center, planned, fields, state));
    }
    const { plan } = planned;
    const undone = await applyPlan(peopleOf(visit, center.id), plan);
    if (undone.length > 0) return shell.show(visit, listView, undonePage(visit, center, plan, undone));
    return shell.done(visit, centerAddress(center.id), 'console.transfer.imported', {
      count: String(plan.length),
    });
  });
}
