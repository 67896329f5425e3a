/** Serves the pages about settings, below a contact centre and for those that all inherit. */
import { createSettingAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import { createLocationAdministration } from '@gatehouse/api-client/environment-api/environments';
import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { formView, tablesView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { addPage, changePage, deletePage, type SettingFields } from './forms.ts';
import { listPage, maxChoice } from './list-page.ts';
import type { SettingsOwner } from './owner.ts';

/** Empty where the settings are those of all. */
const params = z.object({ id: z.string().max(64).default('') });
const location = z.string().trim().max(256).default(rootLocation);
const listQuery = z.object({ location, search: typedText(128), page: pageNumber, givenPage: pageNumber });
const placeFields = z.object({ name: z.string().max(512), location });
const fieldsBody = z.object({
  name: typedText(512),
  location,
  // A browser sends each line break as two characters.
  value: z
    .string()
    .max(70_000)
    .default('')
    .transform((text) => text.replaceAll('\r\n', '\n')),
  shared: z.literal('true').optional(),
  ...tagField,
});

interface SettingPages {
  shell: Shell;
  /** Below the prefix of the area. */
  below: string;
  /** @throws UpstreamError where there is no such contact centre */
  ownerOf: (visit: ConsoleVisit, id: string) => Promise<SettingsOwner>;
}

export function settingRoutes(pages: App, { shell, below, ownerOf }: SettingPages): void {
  const settingsOf = ({ environmentApi }: ConsoleVisit) => createSettingAdministration(environmentApi);

  pages.get(below, { schema: { hide: true, params, querystring: listQuery } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { query } = request;
    const id = request.params.id || undefined;
    const [owner, own, inForce, global, known] = await Promise.all([
      ownerOf(visit, request.params.id),
      settingsOf(visit).list(id),
      settingsOf(visit).list(id, query.location),
      id === undefined ? [] : settingsOf(visit).list(undefined),
      createLocationAdministration(visit.environmentApi).list(),
    ]);
    const locations = sorted([
      rootLocation,
      query.location,
      ...[...own, ...global, ...known].map((one) => one.location),
    ]);
    return shell.show(visit, tablesView, listPage(visit, owner, { own, inForce, global, locations }, query));
  });

  pages.get(`${below}/add`, { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const owner = await ownerOf(visit, request.params.id);
    return showAdd(visit, owner, { name: '', value: '', location: rootLocation, shared: false });
  });

  pages.post(`${below}/add`, { schema: { hide: true, params, body: fieldsBody } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const owner = await ownerOf(visit, request.params.id);
    const fields = fieldsOf(request.body);
    const now = await settingsOf(visit).listTagged(owner.id);
    const present = find(now.settings, fields);
    // Also by the same form, where it was sent twice.
    if (present?.value === fields.value && present.shared === fields.shared)
      return saved(visit, owner, fields);
    if (present !== undefined) {
      const message = visit.text('console.settings.taken');
      return showAdd(visit, owner, fields, { status: 409, message, fields: { name: message } });
    }
    // The list was read before the value is sent: the tag keeps a value that another person adds now.
    const { problem } = await attempt(visit, () => guarded(visit, now.etag).set(owner.id, fields));
    return problem === undefined ? saved(visit, owner, fields) : showAdd(visit, owner, fields, problem);
  });

  pages.get(
    `${below}/change`,
    { schema: { hide: true, params, querystring: placeFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { owner, setting, etag } = await read(visit, request.params.id, request.query);
      return shell.show(visit, formView, changePage(visit, owner, required(setting), etag));
    },
  );

  pages.post(
    `${below}/change`,
    { schema: { hide: true, params, body: fieldsBody } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const owner = await ownerOf(visit, request.params.id);
      const fields = fieldsOf(request.body);
      const { ifMatch: etag } = request.body;
      const { problem } = await attempt(visit, () => guarded(visit, etag).set(owner.id, fields));
      if (problem === undefined) return saved(visit, owner, fields);
      const typed = changePage(visit, owner, fields, etag);
      if (problem.status !== 412) return shell.refused(visit, typed, problem);
      const now = await read(visit, request.params.id, fields);
      const current = now.setting ?? { ...fields, value: '', shared: false };
      const { etag: newer } = now;
      return shell.compare(visit, {
        typed,
        current: changePage(visit, owner, current, newer),
        etag: newer,
      });
    },
  );

  askFirst(pages, shell, {
    url: `${below}/delete`,
    path: params.shape,
    fields: { ...placeFields.shape, ...tagField },
    async page(visit, { id, ...place }) {
      const { owner, setting, etag } = await read(visit, id, place);
      return deletePage(visit, owner, required(setting), etag);
    },
    async act(visit, { id, name, location: place, ifMatch: etag }) {
      const owner = await ownerOf(visit, id);
      await guarded(visit, etag).remove(owner.id, name, place);
      return owner;
    },
    done: (visit, { name, location: place }, { path }) =>
      shell.done(visit, path, 'console.settings.deleted', { name, location: place }),
  });

  const guarded = ({ environmentApi }: ConsoleVisit, etag: string) =>
    createSettingAdministration(ifMatch(environmentApi, etag));

  async function showAdd(
    visit: ConsoleVisit,
    owner: SettingsOwner,
    fields: SettingFields,
    problem?: Problem,
  ): Promise<FastifyReply> {
    // The list is empty for those who may not read it, and they type the location.
    const locations = visit.rights.installation
      ? sorted([
          rootLocation,
          ...(await createLocationAdministration(visit.environmentApi).list()).map((one) => one.location),
        ])
      : undefined;
    const known = locations && locations.length <= maxChoice ? locations : undefined;
    const page = addPage(visit, owner, fields, known);
    return problem ? shell.refused(visit, page, problem) : shell.show(visit, formView, page);
  }

  async function read(visit: ConsoleVisit, id: string, place: { name: string; location: string }) {
    const [owner, { settings, etag }] = await Promise.all([
      ownerOf(visit, id),
      settingsOf(visit).listTagged(id || undefined),
    ]);
    return { owner, setting: find(settings, place), etag };
  }

  const saved = (visit: ConsoleVisit, { path }: SettingsOwner, { name, location: place }: SettingFields) =>
    shell.done(visit, path, 'console.settings.saved', { name, location: place });
}

const fieldsOf = ({ name, location: place, value, shared }: z.infer<typeof fieldsBody>): SettingFields => ({
  name,
  location: place,
  value,
  shared: shared === 'true',
});

function find(settings: readonly Setting[], { name, location: place }: { name: string; location: string }) {
  return settings.find((setting) => setting.name === name && setting.location === place);
}

function required(setting: Setting | undefined): Setting {
  if (setting === undefined) throw notFound('There is no such value');
  return setting;
}

const sorted = (locations: readonly string[]): string[] => [...new Set(locations)].sort();
