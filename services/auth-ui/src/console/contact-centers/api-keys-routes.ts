/** Serves the pages about API keys. A key is shown in the answer to the form that made it, and nowhere else. */
import { createApiKeyAdministration } from '@gatehouse/api-client/environment-api';
import type { AnsweredApiKey, ContactCenter } from '@gatehouse/contracts/environment-administration';
import { notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { type ConfirmPage, listView, shownOnceView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import {
  apiKeysPage,
  apiKeysPath,
  createKeyPage,
  deleteKeyPage,
  newKeyOf,
  rotateKeyPage,
  shownKeyPage,
  usualOverlap,
} from './api-keys-pages.ts';
import { centerOf, centerParams as params } from './center.ts';

const listQuery = z.object({ page: pageNumber });
const keyFields = { keyId: z.string().max(64).default(''), ...tagField };
export function apiKeyRoutes(pages: App, shell: Shell): void {
  const keysOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
    createApiKeyAdministration(ifMatch(environmentApi, etag));

  detailRoute(
    pages,
    shell,
    { url: '/:id/api-keys', path: params.shape, query: listQuery.shape, view: listView },
    async (visit, asked) => {
      const { id } = asked;
      const [center, keys] = await Promise.all([centerOf(visit, id), keysOf(visit).list(id)]);
      return apiKeysPage(visit, center, keys, asked.page);
    },
  );

  formRoutes(pages, shell, {
    url: '/:id/api-keys/create',
    path: params.shape,
    read: async (visit, { id }) => ({ center: await centerOf(visit, id) }),
    page: (visit, { center }, typed) => createKeyPage(visit, center, typed),
    act: (visit, { id }, { typed }) => keysOf(visit).create(id, newKeyOf(visit, typed)),
    done: (visit, _asked, issued, { center }) => showIssued(visit, center, issued),
  });

  confirmFirst(pages, shell, {
    url: '/:id/api-keys/rotate',
    path: params.shape,
    fields: { ...keyFields, overlapSeconds: z.string().max(16).default(usualOverlap) },
    page: (visit, asked) => confirmation(visit, asked, rotateKeyPage),
    async act(visit, { id, keyId, ifMatch: etag, overlapSeconds }) {
      // Read first: the new key is shown once.
      const center = await centerOf(visit, id);
      return { center, issued: await keysOf(visit, etag).rotate(id, keyId, { overlapSeconds }) };
    },
    done: (visit, _asked, { center, issued }) => showIssued(visit, center, issued),
  });

  confirmFirst(pages, shell, {
    url: '/:id/api-keys/delete',
    path: params.shape,
    fields: keyFields,
    page: (visit, asked) => confirmation(visit, asked, deleteKeyPage),
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

  async function confirmation(
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
