/** Serves the pages about API keys. A key is shown in the answer to the form that made it, and nowhere else. */
import { createApiKeyAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import {
  type AnsweredApiKey,
  apiKeyPurposes,
} from '@gatehouse/contracts/environment-api/administration/api-keys';
import type { ContactCenter } from '@gatehouse/contracts/environment-api/administration/contact-centers';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { type ConfirmPage, formView, listView, shownOnceView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import { attempt } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField, typedText } from '../shell/typed.ts';
import {
  apiKeysPage,
  apiKeysPath,
  createKeyPage,
  deleteKeyPage,
  rotateKeyPage,
  shownKeyPage,
  usualOverlap,
} from './api-keys-pages.ts';
import { centerOf, centerParams as params } from './center.ts';

const listQuery = z.object({ page: pageNumber });
const keyFields = { keyId: z.string().max(64).default(''), ...tagField };
const newKeyFields = z.object({
  name: typedText(512),
  purpose: z.enum(apiKeyPurposes).catch('api'),
  expiresAt: typedText(32),
});

export function apiKeyRoutes(pages: App, shell: Shell): void {
  const keysOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
    createApiKeyAdministration(ifMatch(environmentApi, etag));

  pages.get(
    '/:id/api-keys',
    { schema: { hide: true, params, querystring: listQuery } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const [center, keys] = await Promise.all([centerOf(visit, id), keysOf(visit).list(id)]);
      return shell.show(visit, listView, apiKeysPage(visit, center, keys, request.query.page));
    },
  );

  pages.get('/:id/api-keys/create', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const fields = { name: '', purpose: 'api', expiresAt: '' } as const;
    return shell.show(
      visit,
      formView,
      createKeyPage(visit, await centerOf(visit, request.params.id), fields),
    );
  });

  pages.post(
    '/:id/api-keys/create',
    { schema: { hide: true, params, body: newKeyFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { name, purpose, expiresAt } = request.body;
      const center = await centerOf(visit, id);
      const { done, problem } = await attempt(visit, () =>
        keysOf(visit).create(id, { name, purpose, ...(expiresAt && { expiresAt: endOf(expiresAt) }) }),
      );
      if (problem !== undefined)
        return shell.refused(visit, createKeyPage(visit, center, request.body), problem);
      return showIssued(visit, center, done);
    },
  );

  askFirst(pages, shell, {
    url: '/:id/api-keys/rotate',
    path: params.shape,
    fields: { ...keyFields, overlapSeconds: z.string().max(16).default(usualOverlap) },
    page: (visit, asked) => question(visit, asked, rotateKeyPage),
    async act(visit, { id, keyId, ifMatch: etag, overlapSeconds }) {
      // Read first: the new key is shown once.
      const center = await centerOf(visit, id);
      return { center, issued: await keysOf(visit, etag).rotate(id, keyId, { overlapSeconds }) };
    },
    done: (visit, _asked, { center, issued }) => showIssued(visit, center, issued),
  });

  askFirst(pages, shell, {
    url: '/:id/api-keys/delete',
    path: params.shape,
    fields: keyFields,
    page: (visit, asked) => question(visit, asked, deleteKeyPage),
    act: (visit, { id, keyId, ifMatch: etag }) => keysOf(visit, etag).remove(id, keyId),
    done: (visit, { id }) => shell.done(visit, apiKeysPath(id), 'console.contactCenters.apiKeys.deleted'),
  });

  /** The key itself is shown once: a form that was sent twice leads to the list, which can rotate it. */
  function showIssued(
    visit: ConsoleVisit,
    center: ContactCenter,
    { key, ...rest }: AnsweredApiKey,
  ): FastifyReply {
    if (key !== undefined)
      return shell.show(visit, shownOnceView, shownKeyPage(visit, center, { ...rest, key }));
    const { name } = rest;
    return shell.done(visit, apiKeysPath(center.id), 'console.contactCenters.apiKeys.shown.before', { name });
  }

  async function question(
    visit: ConsoleVisit,
    { id, keyId }: { id: string; keyId: string },
    page: typeof rotateKeyPage,
  ): Promise<ConfirmPage> {
    const [center, { data: keys, etag }] = await Promise.all([
      centerOf(visit, id),
      keysOf(visit).listTagged(id),
    ]);
    const key = keys.find((one) => one.id === keyId);
    if (key === undefined) throw notFound('There is no such API key');
    return page(visit, center, key, etag);
  }
}

/** The last moment of a day. What is no day is refused by the API, which says so. */
function endOf(day: string): string {
  return `${day}T23:59:59Z`;
}
