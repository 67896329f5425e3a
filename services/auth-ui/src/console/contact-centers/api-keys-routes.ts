/** Serves the pages about API keys. A key is shown in the answer to the form that made it, and nowhere else. */
import {
  createApiKeyAdministration,
  createContactCenterAdministration,
} from '@gatehouse/api-client/environment-api/contact-centers';
import { apiKeyPurposes } from '@gatehouse/contracts/environment-api/administration/api-keys';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { confirmView, formView, shownOnceView, tablesView } from '../shell/pages.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import {
  apiKeysPage,
  apiKeysPath,
  createKeyPage,
  deleteKeyPage,
  rotateKeyPage,
  shownKeyPage,
  usualOverlap,
} from './api-keys-pages.ts';

const params = z.object({ id: z.string().max(64) });
const keyField = z.object({ keyId: z.string().max(64).default('') });
const newKeyFields = z.object({
  name: z.string().trim().max(512).default(''),
  purpose: z.enum(apiKeyPurposes).catch('api'),
  expiresAt: z.string().trim().max(32).default(''),
});
const changeFields = keyField.extend({
  ifMatch: z.string().max(128).default(''),
  overlapSeconds: z.string().max(16).default(usualOverlap),
});

export function apiKeyRoutes(pages: App, shell: Shell): void {
  const keysOf = ({ environmentApi }: ConsoleVisit) => createApiKeyAdministration(environmentApi);
  const centerOf = ({ environmentApi }: ConsoleVisit, id: string) =>
    createContactCenterAdministration(environmentApi).read(id);

  pages.get('/:id/api-keys', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const [center, keys] = await Promise.all([centerOf(visit, id), keysOf(visit).list(id)]);
    return shell.show(visit, tablesView, apiKeysPage(visit, center, keys, new Date()));
  });

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
      const { done, problem } = await attempt(() =>
        keysOf(visit).create(id, { name, purpose, ...(expiresAt && { expiresAt: endOf(expiresAt) }) }),
      );
      if (problem !== undefined) {
        reply.code(problem.status);
        return shell.show(visit, formView, createKeyPage(visit, center, request.body, problem));
      }
      return shell.show(visit, shownOnceView, shownKeyPage(visit, center, done));
    },
  );

  for (const step of ['rotate', 'delete'] as const) {
    pages.get(
      `/:id/api-keys/${step}`,
      { schema: { hide: true, params, querystring: keyField } },
      async (request, reply) =>
        ask(shell.begin(request, reply), step, request.params.id, request.query.keyId),
    );
  }

  pages.post(
    '/:id/api-keys/rotate',
    { schema: { hide: true, params, body: changeFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { keyId, ifMatch: etag, overlapSeconds } = request.body;
      const center = await centerOf(visit, id);
      const { done, problem } = await attempt(() =>
        guarded(visit, etag).rotate(id, keyId, { overlapSeconds }),
      );
      if (problem !== undefined) return ask(visit, 'rotate', id, keyId, problem);
      return shell.show(visit, shownOnceView, shownKeyPage(visit, center, done));
    },
  );

  pages.post(
    '/:id/api-keys/delete',
    { schema: { hide: true, params, body: changeFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { keyId, ifMatch: etag } = request.body;
      const { problem } = await attempt(() => guarded(visit, etag).remove(id, keyId));
      if (problem !== undefined) return ask(visit, 'delete', id, keyId, problem);
      return shell.done(visit, apiKeysPath(id), 'console.contactCenters.apiKeys.deleted');
    },
  );

  const guarded = ({ environmentApi }: ConsoleVisit, etag: string) =>
    createApiKeyAdministration(ifMatch(environmentApi, etag));

  async function ask(
    visit: ConsoleVisit,
    step: 'rotate' | 'delete',
    id: string,
    keyId: string,
    problem?: Problem,
  ): Promise<FastifyReply> {
    const [center, { data: keys, etag }] = await Promise.all([
      centerOf(visit, id),
      keysOf(visit).listTagged(id),
    ]);
    const key = keys.find((one) => one.id === keyId);
    if (key === undefined) throw notFound('There is no such API key');
    if (problem !== undefined) visit.reply.code(problem.status);
    const page = step === 'rotate' ? rotateKeyPage : deleteKeyPage;
    return shell.show(visit, confirmView, page(visit, center, key, etag, problem));
  }
}

/** The last moment of a day. What is no day is refused by the API, which says so. */
function endOf(day: string): string {
  return `${day}T23:59:59Z`;
}
