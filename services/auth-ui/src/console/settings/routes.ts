/** Serves the pages about settings, below a contact centre and for those that all inherit. */
import {
  createLocationAdministration,
  createSettingAdministration,
} from '@gatehouse/api-client/environment-api';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { Setting } from '@gatehouse/contracts/environment-administration';
import { rootLocation } from '@gatehouse/contracts/environment-api';
import { notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { managedThings } from '../shell/managed.ts';
import { tablesView } from '../shell/pages.ts';
import { pageNumber } from '../shell/paging.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField, typedText } from '../shell/typed.ts';
import {
  addPage,
  changePage,
  deletePage,
  newNameOf,
  newSettingOf,
  renamePage,
  settingValueOf,
} from './forms.ts';
import { besideName } from './known.ts';
import { listPage, maxChoice } from './list-page.ts';
import type { SettingsOwner } from './owner.ts';

/** Empty where the settings are those of all. */
const params = z.object({ id: z.string().max(64).default('') });
const location = z.string().trim().max(256).default(rootLocation);
const listQuery = z.object({ location, search: typedText(128), page: pageNumber, givenPage: pageNumber });
const placeFields = z.object({ name: z.string().max(512), location });
type Place = z.infer<typeof placeFields>;
/** Of a new value: the page of a known setting names it, and the form of another one is typed. */
const newFields = { name: z.string().trim().max(512).default(''), location };

const ownPath = `${consolePath}/settings`;

/** The settings that all contact centres inherit. */
export const settingsArea: Area = {
  path: '/settings',
  audience: 'installation',
  entry: { group: 'estate', label: 'console.settings.title', icon: 'settings' },
  routes(pages, shell) {
    settingRoutes(pages, {
      shell,
      below: '',
      ownerOf: async ({ text }) => ({
        id: undefined,
        path: ownPath,
        header: { title: text('console.settings.title') },
        breadcrumbs: [{ label: text('console.settings.title'), href: ownPath }],
      }),
    });
  },
};

interface SettingPages {
  shell: Shell;
  /** Below the prefix of the area. */
  below: string;
  /** @throws UpstreamError where there is no such contact centre */
  ownerOf: (visit: ConsoleVisit, id: string) => Promise<SettingsOwner>;
}

export function settingRoutes(pages: App, options: SettingPages): void {
  listRoutes(pages, options);
  addRoutes(pages, options);
  changeRoutes(pages, options);
  renameRoutes(pages, options);
  deleteRoutes(pages, options);
}

const settingsOf = ({ environmentApi }: ConsoleVisit) => createSettingAdministration(environmentApi);
const guarded = ({ environmentApi }: ConsoleVisit, etag: string) =>
  createSettingAdministration(ifMatch(environmentApi, etag));

function listRoutes(pages: App, { shell, below, ownerOf }: SettingPages): void {
  detailRoute(
    pages,
    shell,
    { url: below, path: params.shape, query: listQuery.shape, view: tablesView },
    async (visit, asked) => {
      const id = asked.id || undefined;
      const [owner, own, managed, inForce, global, known] = await Promise.all([
        ownerOf(visit, asked.id),
        settingsOf(visit).list(id),
        managedThings(visit, { kind: 'Setting', contactCenterId: id }),
        settingsOf(visit).list(id, asked.location),
        id === undefined ? [] : settingsOf(visit).list(undefined),
        createLocationAdministration(visit.environmentApi).list(),
      ]);
      const locations = sorted([
        rootLocation,
        asked.location,
        ...[...own, ...global, ...known].map((one) => one.location),
      ]);
      return listPage(visit, owner, { own, managed, inForce, global, locations }, asked);
    },
  );
}

function addRoutes(pages: App, { shell, below, ownerOf }: SettingPages): void {
  formRoutes(pages, shell, {
    url: `${below}/add`,
    path: params.shape,
    fields: newFields,
    read: async (visit, { id, ...place }) => ({ owner: await ownerOf(visit, id), place }),
    page: async (visit, { owner, place }, typed) =>
      addPage(visit, owner, await choiceOf(visit), place, typed),
    beside: (visit, problem, _seen, typed) => besideName(visit, problem, typed),
    async act(visit, { name }, { typed, seen: { owner } }) {
      const fields = newSettingOf(visit, name, typed);
      const now = await settingsOf(visit).listTagged(owner.id);
      const present = find(now.settings, fields);
      // Also by the same form, where it was sent twice.
      if (present?.value === fields.value && present.shared === fields.shared) return fields;
      if (present !== undefined) throw new RefusedForm({ name: visit.text('console.settings.taken') }, 409);
      // The list was read before the value is sent: the tag keeps a value that another person adds now.
      await guarded(visit, now.etag).set(owner.id, fields);
      return fields;
    },
    done: (visit, _asked, fields, { owner }) => saved(shell, visit, owner, fields),
  });
}

function changeRoutes(pages: App, { shell, below, ownerOf }: SettingPages): void {
  formRoutes(pages, shell, {
    url: `${below}/change`,
    path: params.shape,
    fields: placeFields.shape,
    read: async (visit, { id, ...place }) => ({
      ...(await read(visit, ownerOf(visit, id), place, id)),
      place,
    }),
    managed: managedSetting,
    page: (visit, { owner, setting, place }, typed) =>
      changePage(visit, owner, setting ?? { ...place, value: '', shared: false }, typed),
    act: (visit, { name, location: at }, { typed, etag, seen: { owner, setting } }) => {
      const shared = setting?.shared ?? false;
      const fields = { name, location: at, shared, ...settingValueOf(visit, name, typed) };
      return guarded(visit, etag).set(owner.id, fields);
    },
    done: (visit, { name, location: at }, _result, { owner }) =>
      saved(shell, visit, owner, { name, location: at }),
  });
}

function renameRoutes(pages: App, { shell, below, ownerOf }: SettingPages): void {
  formRoutes(pages, shell, {
    url: `${below}/rename`,
    path: params.shape,
    fields: placeFields.shape,
    async read(visit, { id, ...place }) {
      const { setting, ...seen } = await read(visit, ownerOf(visit, id), place, id);
      return { ...seen, setting: required(setting) };
    },
    page: (visit, { owner, setting }, typed) => renamePage(visit, owner, setting, typed),
    managed: managedSetting,
    // Under another name it is another setting: its value is gone where the documents have it.
    nameOf: () => 'value',
    beside: (visit, problem, _seen, typed) => besideName(visit, problem, typed, 'newName'),
    async act(visit, { name, location: at }, { typed, etag, seen: { owner, setting } }) {
      const { newName, shared } = newNameOf(visit, typed);
      const { settings } = await settingsOf(visit).listTagged(owner.id);
      if (find(settings, { name: newName, location: at }) !== undefined)
        throw new RefusedForm({ newName: visit.text('console.settings.taken') }, 409);
      // The new one first: a person who is interrupted has both, and never none.
      await guarded(visit, etag).set(owner.id, { ...setting, name: newName, shared });
      await settingsOf(visit).remove(owner.id, name, at);
      return newName;
    },
    done: (visit, { name }, newName, { owner }) =>
      shell.done(visit, owner.path, 'console.settings.renamed', { name, newName }),
  });
}

function deleteRoutes(pages: App, { shell, below, ownerOf }: SettingPages): void {
  confirmFirst(pages, shell, {
    url: `${below}/delete`,
    path: params.shape,
    fields: { ...placeFields.shape, ...tagField },
    async page(visit, { id, ...place }) {
      const { owner, setting, etag } = await read(visit, ownerOf(visit, id), place, id);
      return deletePage(visit, owner, required(setting), etag);
    },
    managed: (asked) => ({ thing: managedSetting(asked), act: 'delete' }),
    async act(visit, { id, name, location: place, ifMatch: etag }) {
      const owner = await ownerOf(visit, id);
      await guarded(visit, etag).remove(owner.id, name, place);
      return owner;
    },
    done: (visit, { name, location: place }, { path }) =>
      shell.done(visit, path, 'console.settings.deleted', { name, location: place }),
  });
}

const managedSetting = ({ id, name, location: at }: { id: string } & Place) => ({
  kind: 'Setting' as const,
  name,
  location: at,
  contactCenterId: id || undefined,
});

/** The list is empty for those who may not read it, and they type the location. */
async function choiceOf({ rights, environmentApi }: ConsoleVisit): Promise<string[] | undefined> {
  if (!rights.installation) return undefined;
  const known = (await createLocationAdministration(environmentApi).list()).map((one) => one.location);
  const locations = sorted([rootLocation, ...known]);
  return locations.length <= maxChoice ? locations : undefined;
}

async function read(visit: ConsoleVisit, asked: Promise<SettingsOwner>, place: Place, id: string) {
  const [owner, { settings, etag }] = await Promise.all([
    asked,
    settingsOf(visit).listTagged(id || undefined),
  ]);
  return { owner, setting: find(settings, place), etag };
}

const saved = (
  shell: Shell,
  visit: ConsoleVisit,
  { path }: SettingsOwner,
  { name, location: place }: Place,
) => shell.done(visit, path, 'console.settings.saved', { name, location: place });

function find(settings: readonly Setting[], { name, location: place }: Place) {
  return settings.find((setting) => setting.name === name && setting.location === place);
}

function required(setting: Setting | undefined): Setting {
  if (setting === undefined) throw notFound('There is no such value');
  return setting;
}

const sorted = (locations: readonly string[]): string[] => [...new Set(locations)].sort();
