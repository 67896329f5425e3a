/** Serves the pages about branding: lists, the form of a place, its logo, and previews of every page. */
import {
  createBrandingAdministration,
  createContactCenterAdministration,
} from '@gatehouse/api-client/environment-api';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { listRoute } from '../shell/lists.ts';
import { consoleView, formView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { acceptFiles, type SentFields } from '../shell/upload.ts';
import { deletePage } from './delete-page.ts';
import { changeOf, draftOf, shownOf } from './fields.ts';
import { besideFields, formPage } from './form-page.ts';
import { brandings, ownerColumns, ownersOf, type PlacesPage, placesPage } from './list-pages.ts';
import { type LogoPage, logoPage } from './logo-page.ts';
import { addressOf, askedPlace, type Place, placeFields } from './place.ts';
import { sendPreview } from './preview.ts';
import { pageKinds } from './sample-pages.ts';

const placesView = consoleView<PlacesPage>('branding/places');
const logoView = consoleView<LogoPage>('branding/logo');
/** The picture may have 2 MiB; the API decides. The rest is for the other fields. */
const maxFormBytes = 2 * 1024 * 1024 + 64 * 1024;
const rowsPerPage = 50;

const previewQuery = placeFields.extend({ kind: z.enum(pageKinds).catch('name') });
const placeAndTag = placeFields.extend(tagField);

/** `preview`: shows a page in what was typed. `again`: leads from there back to the form. Otherwise it is saved. */
const wish = z.object({
  preview: z.enum(pageKinds).optional().catch(undefined),
  again: z.literal('true').optional().catch(undefined),
});

export const brandingArea: Area = {
  path: '/branding',
  audience: 'everybody',
  lesser: ['auditor'],
  entry: { group: 'estate', label: 'console.branding.title', icon: 'branding' },
  async routes(pages, shell) {
    readRoutes(pages, shell);
    editRoutes(pages, shell);
    await pages.register(async (files: App) => logoRoutes(files, shell));
  },
};

const centersOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);
const brandingOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
  createBrandingAdministration(ifMatch(environmentApi, etag));

const managedPlace = ({ owner, location }: Place) => ({
  kind: 'Branding' as const,
  name: location,
  contactCenterId: owner,
});

/** Reads the data of the pages about one place. @throws UpstreamError (404) */
async function read(visit: ConsoleVisit, place: Place) {
  const [center, { data: answer, etag }] = await Promise.all([
    place.owner === undefined ? undefined : centersOf(visit).read(place.owner),
    brandingOf(visit).readTagged(place.owner, place.location),
  ]);
  const ownerName = center?.name ?? visit.text('console.branding.everybody');
  const own = answer.entries.find(({ location }) => location === place.location) ?? {};
  return { place, ownerName, answer, own, effective: answer.effective, etag };
}

function readRoutes(pages: App, shell: Shell): void {
  listRoute(pages, shell, {
    resource: brandings,
    search: 'console.branding.search',
    async read(visit, { search, cursor }) {
      const filter = { limit: String(rowsPerPage), cursor, search: search || undefined };
      const { rows, nextCursor } = await centersOf(visit).page(filter);
      return { rows: ownersOf(visit, rows, cursor === undefined && search === ''), nextCursor };
    },
    columns: ownerColumns,
  });

  detailRoute(
    pages,
    shell,
    { url: '/places', query: placeFields.shape, view: placesView },
    async (visit, asked) => {
      const { place, ownerName, answer } = await read(visit, askedPlace(asked));
      return placesPage(visit, { owner: place.owner, ownerName, entries: answer.entries });
    },
  );

  pages.get('/preview', { schema: { hide: true, querystring: previewQuery } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const found = await read(visit, askedPlace(request.query));
    return sendPreview(shell, visit, { ...found, kind: request.query.kind });
  });
}

function editRoutes(pages: App, shell: Shell): void {
  formRoutes(pages, shell, {
    url: '/edit',
    fields: placeFields.shape,
    read: (visit, asked) => read(visit, askedPlace(asked)),
    page: (visit, found, typed = shownOf(found.own)) => formPage(visit, { ...found, typed }),
    managed: (asked, _seen, typed) =>
      typed?.['preview'] === undefined && typed?.['again'] === undefined
        ? managedPlace(askedPlace(asked))
        : undefined,
    async act(visit, _asked, { typed, etag, seen }) {
      const { preview, again } = wish.parse(typed);
      const { owner, location } = seen.place;
      const draft = { typed: draftOf(typed), etag };
      if (again) return { ...seen, ...draft };
      const fields = changeOf(visit, typed, seen.own);
      if (preview !== undefined)
        return { kind: preview, draft, ...(await brandingOf(visit).preview(owner, location, fields)) };
      await brandingOf(visit, etag).set(owner, location, fields);
      return undefined;
    },
    done(visit, _asked, shown, found) {
      const { place } = found;
      if (shown === undefined)
        return shell.done(visit, addressOf('edit', place), 'console.branding.saved', {
          location: place.location,
        });
      if ('kind' in shown) return sendPreview(shell, visit, { ...found, ...shown });
      return shell.show(visit, formView, formPage(visit, shown));
    },
    beside: (visit, problem, _found, typed) => besideFields(visit, problem, typed),
  });

  confirmFirst(pages, shell, {
    url: '/delete',
    fields: placeAndTag.shape,
    page: async (visit, asked) => deletePage(visit, await read(visit, askedPlace(asked))),
    managed: (asked) => ({ thing: managedPlace(askedPlace(asked)), act: 'delete' }),
    act(visit, asked) {
      const { owner, location } = askedPlace(asked);
      return brandingOf(visit, asked.ifMatch).remove(owner, location);
    },
    done(visit, asked) {
      const place = askedPlace(asked);
      const { location } = place;
      return shell.done(visit, addressOf('places', place), 'console.branding.deleted', { location });
    },
  });
}

function logoRoutes(pages: App, shell: Shell): void {
  acceptFiles(pages, maxFormBytes);

  /** Its page has a picture and two forms, which `formRoutes` does not show. */
  async function change(
    visit: ConsoleVisit,
    place: Place,
    done: 'console.branding.logo.saved' | 'console.branding.logo.deleted',
    act: (visit: ConsoleVisit) => Promise<unknown>,
  ) {
    const { problem } = await attempt(visit, () => act(visit), [413]);
    if (problem === undefined) return shell.done(visit, addressOf('logo', place), done);
    visit.reply.code(problem.status);
    return shell.show(visit, logoView, logoPage(visit, await read(visit, place), problem));
  }

  detailRoute(
    pages,
    shell,
    {
      url: '/logo',
      query: placeFields.shape,
      view: logoView,
      managed: (asked) => managedPlace(askedPlace(asked)),
    },
    async (visit, asked) => logoPage(visit, await read(visit, askedPlace(asked))),
  );

  pages.post('/logo', { bodyLimit: maxFormBytes, schema: { hide: true } }, async (request, reply) => {
    const { logo, ...sent } = request.body as SentFields;
    const { ifMatch: etag, ...named } = placeAndTag.parse(sent);
    const place = askedPlace(named);
    const bytes = Buffer.isBuffer(logo) ? logo : Buffer.alloc(0);
    return change(shell.begin(request, reply), place, 'console.branding.logo.saved', (visit) =>
      brandingOf(visit, etag).setLogo(place.owner, place.location, bytes),
    );
  });

  pages.post('/logo/delete', { schema: { hide: true, body: placeAndTag } }, async (request, reply) => {
    const { ifMatch: etag, ...named } = request.body;
    const place = askedPlace(named);
    return change(shell.begin(request, reply), place, 'console.branding.logo.deleted', (visit) =>
      brandingOf(visit, etag).removeLogo(place.owner, place.location),
    );
  });
}
