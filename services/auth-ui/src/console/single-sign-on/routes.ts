/** Serves the pages about single sign-on of a contact centre, which are a tab of it. */
import { checkSingleSignOn } from '@gatehouse/api-client/auth-api';
import { createSingleSignOnAdministration } from '@gatehouse/api-client/environment-api';
import { notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { centerOf, centerParams as params } from '../contact-centers/center.ts';
import { bodyOf } from '../form/inputs.ts';
import { formRoutes } from '../form/routes.ts';
import type { Area } from '../shell/area.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { consoleView, listView } from '../shell/pages.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { stepsView } from '../shell/steps.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { acceptTextFiles } from '../shell/upload.ts';
import { reasonOf, singleSignOnConfirmation } from './confirmation-page.ts';
import { inputsFor } from './fields.ts';
import { addInputs, addPage, checkPage, listPage, settingsPage } from './pages.ts';
import { addressOf, type Place, placeFields, protocolField, singleSignOnPath } from './places.ts';
import { type SetUpPage, setUpPage } from './set-up-page.ts';

const setUpView = consoleView<SetUpPage>('single-sign-on/set-up');
const addFields = placeFields.extend({ protocol: protocolField.catch('saml') });
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
    confirmations(pages, shell);
  },
};

const callsOf = ({ environmentApi }: ConsoleVisit, etag = '') =>
  createSingleSignOnAdministration(ifMatch(environmentApi, etag));

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
    read: async (visit, { id }) => ({ center: await centerOf(visit, id) }),
    page: (visit, { center }, typed) => addPage(visit, center, typed),
    async act(visit, _asked, { typed }) {
      const place = addFields.safeParse(bodyOf(visit, addInputs, typed));
      if (place.success) return place.data;
      throw new RefusedForm({ location: visit.text('console.singleSignOn.location.problem') });
    },
    done: ({ reply }, { id }, place) => reply.redirect(addressOf(id, 'set-up', place), 303),
  });
}

function placeRoutes(pages: App, shell: Shell): void {
  detailRoute(
    pages,
    shell,
    { url: `${below}/set-up`, path: params.shape, query: placeFields.shape, view: setUpView },
    async (visit, asked) => {
      const { center, place, record } = await readPlace(visit, asked.id, asked);
      return setUpPage(visit, shell.publicUrl, center, place, record);
    },
  );

  formRoutes(pages, shell, {
    url: `${below}/settings`,
    path: params.shape,
    fields: placeFields.shape,
    bodyLimit: settingsLimit,
    read: (visit, { id, ...place }) => readPlace(visit, id, place),
    page: settingsPage,
    act: (visit, { id, protocol, location }, { typed, etag }) =>
      callsOf(visit, etag).set(id, protocol, location, bodyOf(visit, inputsFor(protocol), typed)),
    done: (visit, { id, ...place }) =>
      shell.done(visit, addressOf(id, 'set-up', place), 'console.singleSignOn.saved'),
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
      act: (visit, { id, protocol, location, ifMatch: etag }): Promise<unknown> =>
        change === 'delete'
          ? callsOf(visit, etag).remove(id, protocol, location)
          : callsOf(visit, etag).set(id, protocol, location, { enabled: change === 'enable' }),
      done: (visit, { id, ...place }) =>
        shell.done(visit, change === 'delete' ? singleSignOnPath(id) : addressOf(id, 'set-up', place), done),
      reasonOf,
    });
}
