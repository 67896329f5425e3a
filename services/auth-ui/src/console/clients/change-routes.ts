/** Serves the forms that change, rotate and delete a client. */
import { createClientAdministration } from '@gatehouse/api-client/auth-api/administration';
import { orderRevocation } from '@gatehouse/api-client/auth-api/help-desk';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { formView, shownOnceView } from '../shell/pages.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { deletePage, type Ends } from './delete-page.ts';
import { changeOf, editFields, typedOf } from './edit-fields.ts';
import { editPage } from './edit-page.ts';
import { clientPath, clientsPath } from './frame.ts';
import { withLines } from './list-problems.ts';
import { partsView } from './parts-page.ts';
import { clientParams } from './read-routes.ts';
import { graces, hasSecret, newSecretPage, noSecretPage, rotatePage } from './secret-page.ts';

const secretFields = z.object({ ...tagField, graceSeconds: z.enum(graces).catch('') });
const hide = true;

export async function changeRoutes(pages: App, shell: Shell): Promise<void> {
  const callsOf = ({ authApi }: ConsoleVisit, etag = '') =>
    createClientAdministration(ifMatch(authApi, etag));

  pages.get('/one/:clientId/edit', { schema: { hide, params: clientParams } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { data, etag } = await callsOf(visit).readTagged(request.params.clientId);
    return shell.show(visit, formView, editPage(visit, data, typedOf(data), etag));
  });

  pages.post(
    '/one/:clientId/edit',
    { schema: { hide, params: clientParams, body: editFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { clientId } = request.params;
      const typed = request.body;
      const { data: current, etag } = await callsOf(visit).readTagged(clientId);
      const change = changeOf(typed, current);
      const { problem } = await attempt(visit, () => callsOf(visit, typed.ifMatch).update(clientId, change));
      if (problem === undefined)
        return shell.done(visit, clientPath(clientId), 'console.clients.edit.saved', { name: typed.name });
      if (problem.status !== 412)
        return shell.refused(
          visit,
          editPage(visit, current, typed, typed.ifMatch),
          withLines(visit, problem),
        );
      const mine = editPage(visit, current, typed, etag);
      const theirs = editPage(visit, current, typedOf(current), etag);
      return shell.compare(visit, { typed: mine, current: theirs, etag });
    },
  );

  pages.get('/one/:clientId/secret', { schema: { hide, params: clientParams } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { data, etag } = await callsOf(visit).readTagged(request.params.clientId);
    if (!hasSecret(data)) return shell.show(visit, partsView, noSecretPage(visit, data));
    return shell.show(visit, formView, rotatePage(visit, data, etag));
  });

  pages.post(
    '/one/:clientId/secret',
    { schema: { hide, params: clientParams, body: secretFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { clientId } = request.params;
      const { graceSeconds, ifMatch: seen } = request.body;
      const grace = graceSeconds === '' ? undefined : Number(graceSeconds);
      const { done, problem } = await attempt(visit, () =>
        callsOf(visit, seen).rotateSecret(clientId, grace),
      );
      if (problem === undefined) return shell.show(visit, shownOnceView, newSecretPage(visit, done));
      // A form that is sent twice arrives here: the second one must not end the secret that was shown.
      const { data, etag } = await callsOf(visit).readTagged(clientId);
      return shell.refused(visit, rotatePage(visit, data, etag), said(visit, problem));
    },
  );

  askFirst(pages, shell, {
    url: '/one/:clientId/delete',
    path: clientParams.shape,
    fields: tagField,
    async page(visit, { clientId }) {
      const [{ data, etag }, ends] = await Promise.all([
        callsOf(visit).readTagged(clientId),
        endsOf(visit, clientId),
      ]);
      return deletePage(visit, data, ends, etag);
    },
    act: (visit, { clientId, ifMatch: etag }) => callsOf(visit, etag).remove(clientId),
    done: (visit, { clientId }) => shell.done(visit, clientsPath, 'console.clients.deleted', { clientId }),
  });

  async function endsOf(visit: ConsoleVisit, clientId: string): Promise<Ends> {
    const [exchanges, revocation] = await Promise.all([
      callsOf(visit).exchanges(clientId),
      orderRevocation(visit.authApi, { client: clientId, dryRun: true }),
    ]);
    return { exchanges, revocation };
  }
}

/** The page behind the message shows the client as it is now. */
function said({ text }: ConsoleVisit, problem: Problem): Problem {
  return problem.status === 412 ? { ...problem, message: text('console.clients.changedMeanwhile') } : problem;
}
