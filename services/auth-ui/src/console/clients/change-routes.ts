/** Serves the forms that change, rotate and delete a client. */
import { createClientAdministration, orderRevocation } from '@gatehouse/api-client/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { saidIn } from '../../texts/said.ts';
import { formRoutes } from '../form/routes.ts';
import { besideLines } from '../form/sections.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { keepersOf, managedNotice } from '../shell/managed.ts';
import { centersTyped } from '../shell/names/contact-centers.ts';
import { formView, shownOnceView } from '../shell/pages.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { deletePage, type Ends } from './delete-page.ts';
import { changeOf, clientInputs, editPage } from './edit-form.ts';
import { clientPath, clientsPath } from './page-header.ts';
import { partsView } from './parts-page.ts';
import { clientParams, managedClient } from './read-routes.ts';
import { graces, hasSecret, newSecretPage, noSecretPage, rotatePage } from './secret-page.ts';

const secretFields = z.object({ ...tagField, graceSeconds: z.enum(graces).catch('') });
const hide = true;

export async function changeRoutes(pages: App, shell: Shell): Promise<void> {
  const callsOf = ({ authApi }: ConsoleVisit, etag = '') =>
    createClientAdministration(ifMatch(authApi, etag));

  formRoutes(pages, shell, {
    url: '/one/:clientId/edit',
    path: clientParams.shape,
    read: (visit, { clientId }) => callsOf(visit).readTagged(clientId),
    page: (visit, { data }, typed) => editPage(visit, data, typed),
    async act(visit, { clientId }, { typed, etag, seen: { data } }) {
      const { contactCenterIds: centers, ...change } = changeOf(visit, typed, data);
      return callsOf(visit, etag).update(clientId, {
        ...change,
        ...(centers && { contactCenterIds: await centersTyped(visit, centers, data.contactCenterIds) }),
      });
    },
    done: (visit, { clientId }, { data: { name }, warnings }) =>
      shell.done(
        visit,
        clientPath(clientId),
        'console.clients.edit.saved',
        { name },
        { key: 'console.saved.notes', lines: warnings.map((warning) => saidIn(visit, warning).text) },
      ),
    beside: (visit, problem) => besideLines(visit, clientInputs, problem),
    managed: managedClient,
  });

  pages.get('/one/:clientId/secret', { schema: { hide, params: clientParams } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { data, etag } = await callsOf(visit).readTagged(request.params.clientId);
    if (!hasSecret(data)) return shell.show(visit, partsView, noSecretPage(visit, data));
    const keepers = await keepersOf(visit, managedClient(request.params));
    return shell.show(visit, formView, {
      ...rotatePage(visit, data, etag),
      ...managedNotice(visit, keepers),
    });
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

  confirmFirst(pages, shell, {
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
    managed: (asked) => ({ thing: managedClient(asked), act: 'delete' }),
    done: (visit, { clientId }) =>
      shell.deleted(visit, clientsPath, { kind: 'client', id: clientId }, [
        'console.clients.deleted',
        { clientId },
      ]),
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
