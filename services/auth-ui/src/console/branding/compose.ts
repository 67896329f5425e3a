/** Composes the branding of the console: lists, the form of a place, its logo, and previews of every page. */
import { createBrandingAdministration } from '@gatehouse/api-client/environment-api/branding';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Area } from '../shell/area.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { listRoute } from '../shell/lists.ts';
import { consoleView, formView } from '../shell/pages.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { acceptFiles, type SentFields } from '../shell/upload.ts';
import { deletePage } from './delete-page.ts';
import { changeOf, shownOf, typedFields } from './fields.ts';
import { besideFields, formPage } from './form-page.ts';
import { brandings, ownerColumns, ownersOf, type PlacesPage, placesPage } from './list-pages.ts';
import { type LogoPage, logoPage } from './logo-page.ts';
import { addressOf, type Place, placeFields, placeOf } from './place.ts';
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
const sentForm = typedFields.extend({ ...placeAndTag.shape, ...wish.shape });

export function composeBranding({ shell }: { shell: Shell }): Area {
  const centersOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);
  const brandingOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
    createBrandingAdministration(ifMatch(environmentApi, etag));

  /** What the pages about one place need. @throws UpstreamError (404) */
  async function read(visit: ConsoleVisit, place: Place) {
    const [center, { data: answer, etag }] = await Promise.all([
      place.owner === undefined ? undefined : centersOf(visit).read(place.owner),
      brandingOf(visit).readTagged(place.owner, place.location),
    ]);
    const ownerName = center?.name ?? visit.text('console.branding.everybody');
    const own = answer.entries.find(({ location }) => location === place.location) ?? {};
    return { place, ownerName, answer, own, effective: answer.effective, etag };
  }

  async function routes(pages: App): Promise<void> {
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
        const { place, ownerName, answer } = await read(visit, placeOf(asked));
        const page = placesPage(visit, { owner: place.owner, ownerName, entries: answer.entries });
        return page;
      },
    );

    formRoutes(pages);
    await pages.register(async (files: App) => logoRoutes(files));

    pages.get('/preview', { schema: { hide: true, querystring: previewQuery } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const found = await read(visit, placeOf(request.query));
      return sendPreview(shell, visit, { ...found, kind: request.query.kind });
    });
  }

  function formRoutes(pages: App): void {
    detailRoute(
      pages,
      shell,
      { url: '/edit', query: placeFields.shape, view: formView },
      async (visit, asked) => {
        const found = await read(visit, placeOf(asked));
        return formPage(visit, { ...found, typed: shownOf(found.own) });
      },
    );

    pages.post('/edit', { schema: { hide: true, body: sentForm } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { ifMatch: etag, ...named } = placeAndTag.parse(request.body);
      const { preview, again } = wish.parse(request.body);
      const typed = typedFields.parse(request.body);
      const place = placeOf(named);
      const found = await read(visit, place);
      const sent = formPage(visit, { ...found, typed, etag });
      if (again) return shell.show(visit, formView, sent);
      const { fields, linkFields } = changeOf(visit, typed, found.own);
      const { done: shown, problem } = await attempt(visit, async () => {
        if (preview !== undefined)
          return { kind: preview, ...(await brandingOf(visit).preview(place.owner, place.location, fields)) };
        await brandingOf(visit, etag).set(place.owner, place.location, fields);
        return undefined;
      });
      if (problem !== undefined) {
        if (problem.status !== 412) return shell.refused(visit, sent, besideFields(problem, linkFields));
        const current = formPage(visit, { ...found, typed: shownOf(found.own) });
        return shell.compare(visit, { typed: sent, current, etag: found.etag });
      }
      if (shown === undefined)
        return shell.done(visit, addressOf('edit', place), 'console.branding.saved', {
          location: place.location,
        });
      return sendPreview(shell, visit, { ...found, ...shown, draft: { typed, etag } });
    });

    askFirst(pages, shell, {
      url: '/delete',
      fields: placeAndTag.shape,
      page: async (visit, asked) => deletePage(visit, await read(visit, placeOf(asked))),
      act(visit, asked) {
        const { owner, location } = placeOf(asked);
        return brandingOf(visit, asked.ifMatch).remove(owner, location);
      },
      done(visit, asked) {
        const place = placeOf(asked);
        const { location } = place;
        return shell.done(visit, addressOf('places', place), 'console.branding.deleted', { location });
      },
    });
  }

  function logoRoutes(pages: App): void {
    acceptFiles(pages, maxFormBytes);

    const showLogo = async (visit: ConsoleVisit, place: Place, problem?: Problem) =>
      shell.show(visit, logoView, logoPage(visit, await read(visit, place), problem));

    pages.get('/logo', { schema: { hide: true, querystring: placeFields } }, async (request, reply) =>
      showLogo(shell.begin(request, reply), placeOf(request.query)),
    );

    pages.post('/logo', { bodyLimit: maxFormBytes, schema: { hide: true } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { logo, ...sent } = request.body as SentFields;
      const { ifMatch: etag, ...named } = placeAndTag.parse(sent);
      const place = placeOf(named);
      const bytes = Buffer.isBuffer(logo) ? logo : Buffer.alloc(0);
      const { problem } = await attempt(
        visit,
        () => brandingOf(visit, etag).setLogo(place.owner, place.location, bytes),
        [413],
      );
      if (problem === undefined)
        return shell.done(visit, addressOf('logo', place), 'console.branding.logo.saved');
      reply.code(problem.status);
      return showLogo(visit, place, problem);
    });

    pages.post('/logo/delete', { schema: { hide: true, body: placeAndTag } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const place = placeOf(request.body);
      const { problem } = await attempt(visit, () =>
        brandingOf(visit, request.body.ifMatch).removeLogo(place.owner, place.location),
      );
      if (problem === undefined)
        return shell.done(visit, addressOf('logo', place), 'console.branding.logo.deleted');
      reply.code(problem.status);
      return showLogo(visit, place, problem);
    });
  }

  return {
    path: '/branding',
    audience: 'everybody',
    entry: { group: 'estate', label: 'console.branding.title', icon: 'branding' },
    routes,
  };
}
