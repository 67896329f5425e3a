/** Serves the pages about single sign-on of a contact centre, which are a tab of it. */
import { checkSingleSignOn, createSsoTrialCalls, trySingleSignOn } from '@gatehouse/api-client/auth-api';
import {
  createLocationAdministration,
  createSingleSignOnAdministration,
} from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { covers, rootLocation } from '@gatehouse/contracts/environment-api';
import { notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { centerOf, centerParams as params } from '../contact-centers/center.ts';
import { bodyOf, type Typed } from '../form/inputs.ts';
import { groupNames } from '../form/references.ts';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { consoleView, factsView, listView } from '../shell/pages.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { stepsView } from '../shell/steps.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { acceptTextFiles } from '../shell/upload.ts';
import { reasonOf, singleSignOnConfirmation } from './confirmation-page.ts';
import { inputsFor } from './fields.ts';
import { addInputs, addPage, checkPage, listPage, settingsPage, trialPage } from './pages.ts';
import { addressOf, type Place, placeFields, protocolField, singleSignOnPath } from './places.ts';
import { presets, unfilled } from './presets.ts';
import { type SetUpPage, setUpPage } from './set-up-page.ts';
import { trialResultPage, trialStartPage } from './trial-pages.ts';

const setUpView = consoleView<SetUpPage>('single-sign-on/set-up');
const addFields = placeFields.extend({ protocol: protocolField.catch('saml') });
const settingsFields = { ...placeFields.shape, preset: z.enum(presets).optional().catch(undefined) };
const trialFields = placeFields.extend({ result: z.string().max(128).optional() });
const checkFields = placeFields.extend({ userName: typedText(255) });
/** In bytes, as a form writes them: metadata of an identity provider with many keys is long. */
const settingsLimit = 2 * 1024 * 1024;

const below = '/:id/single-sign-on';

export const singleSignOnArea: Area = {
  path: '/contact-centers',
  audience: 'everybody',
  lesser: ['auditor'],
  routes(pages, shell) {
    acceptTextFiles(pages, settingsLimit);
    listRoutes(pages, shell);
    placeRoutes(pages, shell);
    trialRoutes(pages, shell);
    confirmations(pages, shell);
  },
};

/** Those to choose from; none where the person may not list them. */
async function locationsFor({ rights, environmentApi }: ConsoleVisit): Promise<string[]> {
  if (!rights.installation) return [];
  const found = await createLocationAdministration(environmentApi).list();
  return [...new Set([rootLocation, ...found.map(({ location }) => location)])].sort();
}

const callsOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
  createSingleSignOnAdministration(ifMatch(environmentApi, etag));

const managedPlace = ({ id, protocol, location }: { id: string } & Place) => ({
  kind: 'SingleSignOn' as const,
  contactCenterId: id,
  name: protocol,
  location,
});

/** The contact centre, and the settings that are stored at exactly this place. */
async function readPlace(visit: ConsoleVisit, id: string, { protocol, location }: Place) {
  const [center, { data, etag }] = await Promise.all([
    centerOf(visit, id),
    callsOf(visit).listTagged(id, protocol),
  ]);
  const record = data.find((one) => one.location === location);
  return { center, place: { protocol, location }, record, etag };
}

function listRoutes(pages: App, shell: Shell): void {
  detailRoute(pages, shell, { url: below, path: params.shape, view: listView }, async (visit, { id }) => {
    const [center, saml, oidc] = await Promise.all([
      centerOf(visit, id),
      callsOf(visit).list(id, 'saml'),
      callsOf(visit).list(id, 'oidc'),
    ]);
    const stored = [
      ...saml.map((record) => ({ protocol: 'saml' as const, location: record.location, record })),
      ...oidc.map((record) => ({ protocol: 'oidc' as const, location: record.location, record })),
    ];
    return listPage(visit, center, stored);
  });

  formRoutes(pages, shell, {
    url: `${below}/add`,
    path: params.shape,
    async read(visit, { id }) {
      const [center, locations] = await Promise.all([centerOf(visit, id), locationsFor(visit)]);
      return { center, locations };
    },
    page: (visit, { center, locations }, typed) => addPage(visit, center, locations, typed),
    async act(visit, _asked, { typed, seen: { locations } }) {
      const place = addFields.safeParse(bodyOf(visit, addInputs, typed));
      if (!place.success)
        throw new RefusedForm({ location: visit.text('console.singleSignOn.location.problem') });
      const { location } = place.data;
      // Before the settings are typed, which the API would refuse for their place.
      if (locations.length > 0 && !locations.some((one) => covers(location, one)))
        throw new RefusedForm({ location: visit.text('console.refused.unknown_location') });
      return place.data;
    },
    done: ({ reply }, { id }, place) => reply.redirect(addressOf(id, 'set-up', place), 303),
  });
}

/** @throws RefusedForm where a part of a preset is left that only the person knows */
function changeOf(visit: ConsoleVisit, protocol: Place['protocol'], typed: Typed): Record<string, unknown> {
  const left = unfilled(typed);
  if (left !== undefined)
    throw new RefusedForm({
      [left.name]: visit.text('console.singleSignOn.preset.unfilled', { part: left.part }),
    });
  return bodyOf(visit, inputsFor(protocol), typed);
}

function placeRoutes(pages: App, shell: Shell): void {
  detailRoute(
    pages,
    shell,
    {
      url: `${below}/set-up`,
      path: params.shape,
      query: placeFields.shape,
      view: setUpView,
      managed: managedPlace,
    },
    async (visit, asked) => {
      const { center, place, record } = await readPlace(visit, asked.id, asked);
      return setUpPage(visit, shell.publicUrl, center, place, record);
    },
  );

  formRoutes(pages, shell, {
    url: `${below}/settings`,
    path: params.shape,
    fields: settingsFields,
    bodyLimit: settingsLimit,
    async read(visit, { id, preset, ...place }) {
      const found = await readPlace(visit, id, place);
      return { ...found, preset, groups: (await groupNames(visit, id).catch(orConflict)) ?? [] };
    },
    page: settingsPage,
    managed: managedPlace,
    act: (visit, { id, protocol, location }, { typed, etag }) =>
      callsOf(visit, etag).set(id, protocol, location, changeOf(visit, protocol, typed)),
    async trial(visit, { id, protocol, location }, { typed }) {
      const change = { ...changeOf(visit, protocol, typed), location };
      return trialPage(
        visit,
        { protocol, location },
        await trySingleSignOn(visit.authApi, id, protocol, change),
      );
    },
    done: (visit, { id, protocol, location }) =>
      shell.done(visit, addressOf(id, 'set-up', { protocol, location }), 'console.singleSignOn.saved'),
  });

  pages.post(
    `${below}/check`,
    { schema: { hide: true, params, body: checkFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { userName, ...wanted } = request.body;
      const { center, place } = await readPlace(visit, id, wanted);
      const check = await checkSingleSignOn(visit.authApi, id, {
        userName: userName || undefined,
        location: place.location,
      });
      return shell.show(visit, stepsView, checkPage(visit, center, place, check, userName));
    },
  );
}

function trialRoutes(pages: App, shell: Shell): void {
  const schema = { hide: true, params, querystring: trialFields };
  pages.get(`${below}/trial`, { schema }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const { result, ...wanted } = request.query;
    const { center, place } = await readPlace(visit, id, wanted);
    const calls = createSsoTrialCalls(visit.authApi, id);
    // A result that has gone is no dead end: the test begins again.
    const trial = result === undefined ? undefined : await calls.read(result).catch(orConflict);
    if (trial !== undefined)
      return shell.show(visit, stepsView, trialResultPage(visit, center, place, trial));
    const begun = await calls.begin(place).catch(orConflict);
    return shell.show(visit, factsView, trialStartPage(visit, center, place, begun?.address));
  });
}

/** Undefined for a 409. */
function orConflict(error: unknown): undefined {
  if (error instanceof UpstreamError && error.status === 409) return undefined;
  throw error;
}

function confirmations(pages: App, shell: Shell): void {
  for (const [change, done] of [
    ['enable', 'console.singleSignOn.enable.done'],
    ['disable', 'console.singleSignOn.disable.done'],
    ['delete', 'console.singleSignOn.delete.done'],
  ] as const)
    confirmFirst(pages, shell, {
      url: `${below}/${change}`,
      path: params.shape,
      fields: { ...placeFields.shape, ...tagField },
      async page(visit, { id, ...wanted }) {
        const { record, ...found } = await readPlace(visit, id, wanted);
        if (record === undefined) throw notFound('There are no such settings');
        return singleSignOnConfirmation(visit, change, { ...found, record });
      },
      managed: (asked) => ({
        thing: managedPlace(asked),
        act: change === 'delete' ? 'delete' : 'change',
      }),
      act: (visit, { id, protocol, location, ifMatch: etag }): Promise<unknown> =>
        change === 'delete'
          ? callsOf(visit, etag).remove(id, protocol, location)
          : callsOf(visit, etag).set(id, protocol, location, { enabled: change === 'enable' }),
      done: (visit, { id, ...place }) =>
        shell.done(visit, change === 'delete' ? singleSignOnPath(id) : addressOf(id, 'set-up', place), done),
      reasonOf,
    });
}
