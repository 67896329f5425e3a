/** Serves the pages about receivers of shared signals: their list, forms, a test, and the confirmation before one is deleted. */
import { createSignalAdministration } from '@gatehouse/api-client/auth-api';
import type { SignalReceiverView } from '@gatehouse/contracts/auth-administration';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { listRoute } from '../shell/lists.ts';
import { keepersOf, managedNotice } from '../shell/managed.ts';
import { centerNames } from '../shell/names/contact-centers.ts';
import { factsView } from '../shell/pages.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { addPage, besideToken, changeOf, changePage, newReceiverOf } from './form.ts';
import {
  columns,
  maxNamed,
  receiverPage,
  receiverPath,
  signalReceivers,
  signalReceiversPath,
  stepPage,
} from './pages.ts';

const path = { id: z.string().max(64) };

export const signalReceiversArea: Area = {
  path: '/signal-receivers',
  audience: 'installation',
  entry: { group: 'installation', label: 'console.signalReceivers.title', icon: 'signals' },
  routes(pages, shell) {
    listRoutes(pages, shell);
    receiverRoutes(pages, shell);
  },
};

const callsOf = ({ authApi }: ConsoleVisit) => createSignalAdministration(authApi);

function listRoutes(pages: App, shell: Shell): void {
  listRoute(pages, shell, {
    resource: signalReceivers,
    async read(visit) {
      const all = await callsOf(visit).list();
      return { all, names: await namesOf(visit, all) };
    },
    columns,
    more: ({ text }) => ({
      actions: [
        { label: text('console.signalReceivers.add'), href: `${signalReceiversPath}/add`, isMain: true },
      ],
    }),
  });

  formRoutes(pages, shell, {
    url: '/add',
    read: async () => ({}),
    page: (visit, _seen, typed) => addPage(visit, typed),
    act: async (visit, _asked, { typed }) => callsOf(visit).create(await newReceiverOf(visit, typed)),
    done: (visit, _asked, { id }) => shell.done(visit, receiverPath(id), 'console.signalReceivers.added'),
  });
}

function receiverRoutes(pages: App, shell: Shell): void {
  detailRoute(pages, shell, { url: '/one/:id', path, view: factsView }, async (visit, { id }) =>
    pageOf(visit, await callsOf(visit).read(id)),
  );

  formRoutes(pages, shell, {
    url: '/one/:id/change',
    path,
    async read(visit, { id }) {
      const receiver = await callsOf(visit).read(id);
      return { receiver, etag: receiver.updatedAt };
    },
    page: (visit, { receiver }, typed) => changePage(visit, receiver, typed),
    managed: (_asked, { receiver }) => managedReceiver(receiver),
    async act(visit, { id }, { typed, etag, seen: { receiver } }) {
      const change = await changeOf(visit, typed, receiver);
      // Auth API has no version to compare: two people who save in the same moment are not told.
      if (etag !== receiver.updatedAt) throw new RefusedForm({}, 412);
      return callsOf(visit).update(id, change);
    },
    done: (visit, { id }) => shell.done(visit, receiverPath(id), 'console.signalReceivers.saved'),
    beside: (visit, problem, _seen, typed) => besideToken(visit, problem, typed),
  });

  confirmFirst(pages, shell, {
    url: '/one/:id/test',
    path,
    page: async (visit, { id }) => stepPage(visit, await callsOf(visit).read(id), 'test'),
    async act(visit, { id }) {
      const { accepted, problem } = await callsOf(visit).test(id);
      if (accepted) return undefined;
      return { page: await pageOf(visit, await callsOf(visit).read(id)), problem };
    },
    done(visit, { id }, refused) {
      const { text } = visit;
      if (refused === undefined)
        return shell.done(visit, receiverPath(id), 'console.signalReceivers.test.accepted');
      const { page, problem } = refused;
      const title = text('console.signalReceivers.test.refused');
      // In English: the words of the API, as the command line prints them.
      const message = { kind: 'danger' as const, title, ...(problem && { text: problem }) };
      return shell.show(visit, factsView, { ...page, message });
    },
  });

  confirmFirst(pages, shell, {
    url: '/one/:id/delete',
    path,
    async page(visit, { id }) {
      const receiver = await callsOf(visit).read(id);
      const keepers = await keepersOf(visit, managedReceiver(receiver));
      return { ...stepPage(visit, receiver, 'delete'), ...managedNotice(visit, keepers, 'delete') };
    },
    act: (visit, { id }) => callsOf(visit).remove(id),
    done: (visit) => shell.done(visit, signalReceiversPath, 'console.signalReceivers.deleted'),
  });
}

const namesOf = (visit: ConsoleVisit, receivers: readonly SignalReceiverView[]) =>
  centerNames(
    visit,
    receivers.flatMap(({ contactCenterIds }) => contactCenterIds.slice(0, maxNamed)),
  );

async function pageOf(visit: ConsoleVisit, receiver: SignalReceiverView) {
  const [names, keepers] = await Promise.all([
    namesOf(visit, [receiver]),
    keepersOf(visit, managedReceiver(receiver)),
  ]);
  return { ...receiverPage(visit, receiver, names), ...managedNotice(visit, keepers) };
}

/** Documents know it by its address. */
const managedReceiver = ({ endpoint: name }: SignalReceiverView) => ({
  kind: 'SignalReceiver' as const,
  name,
});
