/** Routes below `/settings`: values that every contact centre inherits. */
import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import { settingsAnswer } from '@gatehouse/contracts/environment-administration';
import { label } from '@gatehouse/contracts/values';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { effectiveSettings } from '../settings/inheritance.ts';
import { nameWarnings } from '../settings/naming.ts';
import { removeSettingQuery, settingBody, settingsQuery, writtenSetting } from '../settings/schemas.ts';
import type { GlobalSettingService } from './service.ts';

const tags = ['settings'];

export function globalSettingRoutes(
  api: App,
  { globalSettings }: { globalSettings: GlobalSettingService },
): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listGlobalSettings',
        summary: 'Settings that contact centres inherit, or those effective at a location',
        querystring: settingsQuery,
        response: { 200: envelopeOf(settingsAnswer), ...failures },
      },
    },
    async (request, reply) => {
      const { version, settings: all } = await globalSettings.list();
      // Callers that reach a contact centre see all of them, because it inherits them; others see none.
      const settings = request.verdict === 'empty' ? [] : all;
      if (sendUnchanged(request, reply, etagOf(version))) return reply as never;
      const { location } = request.query;
      return ok({ settings: location === undefined ? settings : effectiveSettings(settings, location) });
    },
  );

  api.post(
    '',
    {
      schema: {
        tags,
        operationId: 'upsertGlobalSetting',
        summary: 'Set a global value for a name and a location; a value that is there is replaced',
        body: settingBody,
        response: { 200: writtenSetting, ...failures },
      },
    },
    async (request, reply) => {
      const { version, setting } = await globalSettings.upsert(contextOf(request), request.body.data);
      reply.header('etag', etagOf(version));
      return {
        ...ok(setting),
        path: `/settings/${encodeURIComponent(setting.name)}`,
        warnings: nameWarnings(setting),
      };
    },
  );

  api.delete(
    '/:name',
    {
      schema: {
        tags,
        operationId: 'deleteGlobalSetting',
        summary: 'Delete a global setting at all locations, or at one',
        params: z.object({ name: label() }),
        querystring: removeSettingQuery,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const version = await globalSettings.remove(
        contextOf(request),
        request.params.name,
        request.query.location,
      );
      reply.header('etag', etagOf(version));
      return ok();
    },
  );
}
