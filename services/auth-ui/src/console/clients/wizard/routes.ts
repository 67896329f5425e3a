/** Serves the wizard that registers a client: the kind, the questions, the review, the registration. */
import { randomUUID } from 'node:crypto';
import { createClientAdministration } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { Typed } from '../../form/inputs.ts';
import { withChoices } from '../../form/pickers.ts';
import { isSearch, searchesIn } from '../../form/searches.ts';
import { besideLines } from '../../form/sections.ts';
import { detailRoute } from '../../shell/details.ts';
import { centerNames, centersTyped } from '../../shell/names/contact-centers.ts';
import { formView } from '../../shell/pages.ts';
import { attempt, RefusedForm } from '../../shell/problem.ts';
import type { Shell } from '../../shell/shell.ts';
import { linesOf } from '../../shell/typed.ts';
import { clientInputs } from '../edit-form.ts';
import { clientPath } from '../page-header.ts';
import { maxShown } from '../words.ts';
import { answersOf, descriptions, kinds, registrationOf } from './kinds.ts';
import { kindsPage, kindsView, questionsPage } from './pages.ts';
import { registeredPage, registeredView, reviewPage, reviewView } from './result-pages.ts';

const params = z.object({ kind: z.enum(kinds) });
const sent = z.looseObject({});
const hide = true;

/** Auth API of the release before has no dry run, and refuses the registration itself. */
function unlessUnknown(error: unknown): void {
  if (!(error instanceof UpstreamError && error.status === 404)) throw error;
}

export async function wizardRoutes(pages: App, shell: Shell, issuer: string): Promise<void> {
  detailRoute(pages, shell, { url: '/new', view: kindsView }, kindsPage);

  detailRoute(
    pages,
    shell,
    { url: '/new/:kind', path: params.shape, view: formView },
    async (visit, { kind }) => {
      const given = answersOf({ scope: descriptions[kind].scope });
      return withChoices(visit, questionsPage(visit, kind, given));
    },
  );

  // It only shows what would be sent, so its answer is a page and no redirect.
  pages.post('/new/:kind', { schema: { hide, params, body: sent } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { kind } = request.params;
    const answered = answersOf(request.body);
    const given = { ...answered, madeUpId: answered.madeUpId || randomUUID() };
    const again = (typed: Typed = given) => withChoices(visit, questionsPage(visit, kind, given, typed));
    if (isSearch(request.body))
      return shell.show(visit, formView, await again({ ...given, ...searchesIn(request.body) }));
    const { done: registered = given, problem } = await attempt(visit, async () => {
      if (given.name === '') throw new RefusedForm({ name: visit.text('console.clients.name.missing') });
      const centers = await centersTyped(visit, linesOf(given.contactCenterIds), []);
      const planned = { ...given, contactCenterIds: centers.join('\n') };
      const calls = createClientAdministration(visit.authApi);
      await calls.tryCreate(registrationOf(visit, kind, planned)).catch(unlessUnknown);
      return planned;
    });
    if (problem === undefined) {
      const names = await centerNames(visit, linesOf(registered.contactCenterIds).slice(0, maxShown));
      return shell.show(visit, reviewView, reviewPage(visit, kind, registered, names));
    }
    return shell.refused(visit, await again(), besideLines(visit, clientInputs, problem));
  });

  pages.post('/new/:kind/register', { schema: { hide, params, body: sent } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { kind } = request.params;
    const given = answersOf(request.body);
    const again = () => withChoices(visit, questionsPage(visit, kind, given));
    // The person wants to answer again.
    if (request.body['back'] !== undefined) return shell.show(visit, formView, await again());
    const calls = createClientAdministration(visit.authApi);
    const { done, problem } = await attempt(visit, () => calls.create(registrationOf(visit, kind, given)));
    if (problem === undefined)
      return shell.show(visit, registeredView, registeredPage(visit, kind, done.data, issuer));
    // A made-up id is taken where the form was sent before.
    const isTwice = problem.status === 409 && given.client_id === '' && problem.fields['client_id'];
    if (isTwice) return shell.done(visit, clientPath(given.madeUpId), 'console.clients.registered.before');
    return shell.refused(visit, await again(), besideLines(visit, clientInputs, problem));
  });
}
