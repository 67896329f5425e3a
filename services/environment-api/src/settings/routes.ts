/** Routes below `/contact-centers/{id}/settings`. */
import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import { settingsAnswer } from '@gatehouse/contracts/environment-administration';
import { label } from '@gatehouse/contracts/values';
import { type App, effectiveEtagOf, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { nameWarnings } from './naming.ts';
import { removeSettingQuery, settingBody, settingsQuery, writtenSetting } from './schemas.ts';
import type { SettingService } from './service.ts';

const tags = ['settings'];
const params = z.object({ id: z.string() });

/** The entity tag is that of the contact centre, whose version covers its settings. */
export function settingRoutes(api: App, { settings }: { settings: SettingService }): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listSettings',
        summary: 'All settings of a contact centre, or those effective at a location',
        params,
        querystring: settingsQuery,
        response: { 200: envelopeOf(settingsAnswer), ...failures },
      },
    },
    async (request, reply) => {
      const { location } = request.query;
      const found = await settings.list(request.caller, request.params.id, location);
      // Effective settings depend on the global version too; If-Match compares only the contact centre's part.
      const etag =
        location === undefined
          ? etagOf(found.center.version)
          : effectiveEtagOf(found.center.version, found.global.version);
      if (sendUnchanged(request, reply, etag)) return reply as never;
      return ok({ settings: found.settings });
    },
  );

  api.post(
    '',
    {
      schema: {
        tags,
        operationId: 'upsertSetting',
        summary: 'Set a value for a name and a location; a value that is there is replaced',
        params,
        body: settingBody,
        response: { 200: writtenSetting, ...failures },
      },
    },
    async (request, reply) => {
      const { data } = request.body;
      const { center, setting } = await settings.upsert(contextOf(request), request.params.id, data);
      reply.header('etag', etagOf(center.version));
      return {
        ...ok(setting),
        path: `/contact-centers/${center.id}/settings/${encodeURIComponent(setting.name)}`,
        warnings: nameWarnings(setting),
      };
    },
  );

  api.delete(
    '/:name',
    {
      schema: {
        tags,
        operationId: 'deleteSetting',
        summary: 'Delete a setting at all locations, or at one',
        params: z.object({ id: z.string(), name: label() }),
        querystring: removeSettingQuery,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const { id, name } = request.params;
      const center = await settings.remove(contextOf(request), id, name, request.query.location);
      reply.header('etag', etagOf(center.version));
      return ok();
    },
  );
}
