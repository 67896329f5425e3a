/** Serves what is done to several people of the list at once: the question, and what happened to each. */
import { applyPlan } from '@gatehouse/api-client/people-file';
import type { App } from '@gatehouse/service-kit/http';
import { sendRows } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { listView } from '../shell/pages.ts';
import { previewView } from '../shell/preview.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { centerAddress } from './names.ts';
import {
  chosenPeople,
  foundPeople,
  type LinkRow,
  linksFor,
  maxChosen,
  type Selection,
  selectionFields,
  unlock,
} from './selection.ts';
import { changesOf, digestOf, outcomePage, selectionPage } from './selection-pages.ts';
import { centerOf, peopleOf } from './store.ts';

export function selectionRoutes(pages: App, shell: Shell): void {
  // The APIs refuse the help desk every other step.
  const config = { lesser: ['help-desk'] } as const;
  const readAll = async (visit: ConsoleVisit, { contactCenter, person, step }: Selection) => {
    const calls = peopleOf(visit, contactCenter);
    const [center, users] = await Promise.all([
      centerOf(visit, contactCenter),
      chosenPeople(calls, person, step),
    ]);
    return { calls, center, users };
  };
  const nobody = (visit: ConsoleVisit, { contactCenter }: Selection) =>
    shell.undone(visit, centerAddress(contactCenter), 'console.people.selection.nobody');

  pages.get(
    '/selection',
    { config, schema: { hide: true, querystring: selectionFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { contactCenter, everybody, search, signIn } = request.query;
      const person = everybody ? await foundPeople(visit, request.query) : request.query.person;
      if (person === undefined) {
        const list = `${centerAddress(contactCenter)}&${new URLSearchParams({ search, signIn })}`;
        return shell.undone(visit, list, 'console.people.selection.tooMany', { limit: String(maxChosen) });
      }
      const { center, users } = await readAll(visit, { ...request.query, person });
      if (users.length === 0) return nobody(visit, request.query);
      return shell.show(visit, previewView, selectionPage(visit, center, users, request.query));
    },
  );

  pages.post(
    '/selection',
    { config, schema: { hide: true, body: selectionFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const asked = request.body;
      const { calls, center, users } = await readAll(visit, asked);
      if (users.length === 0) return nobody(visit, asked);
      const isAgain = digestOf(users, asked) !== asked.seen;
      const problems = problemsOf(visit, center.name, asked);
      if (isAgain || Object.keys(problems).length > 0) {
        reply.code(isAgain ? 412 : 400);
        const state = { isAgain, problems: isAgain ? {} : problems };
        return shell.show(visit, previewView, selectionPage(visit, center, users, asked, state));
      }
      if (asked.step === 'links') return sendLinks(reply, await linksFor(visit, calls, users));
      const undone =
        asked.step === 'unlock'
          ? await unlock(visit, center.id, users)
          : await applyPlan(calls, changesOf(users, asked));
      return shell.show(visit, listView, outcomePage(visit, center, users, { step: asked.step, undone }));
    },
  );
}

function problemsOf({ text }: ConsoleVisit, centerName: string, { step, group, name }: Selection) {
  if (step === 'group' && group === '') return { group: text('console.people.selection.group.empty') };
  if (step === 'delete' && name !== centerName)
    return { name: text('console.contactCenters.delete.name.wrong') };
  return {};
}

/** The links are in this answer alone. */
function sendLinks(reply: FastifyReply, rows: readonly LinkRow[]): Promise<never> {
  return sendRows<LinkRow>(reply, {
    format: 'csv',
    limit: rows.length,
    fileName: 'password-links',
    columns: [
      { name: 'userName', value: ({ user }) => user.userName },
      { name: 'link', value: ({ url }) => url },
      { name: 'expiresAt', value: ({ expiresAt }) => expiresAt },
      { name: 'problem', value: ({ problem }) => problem },
    ],
    read: async (last) => (last === undefined ? rows : []),
  });
}
