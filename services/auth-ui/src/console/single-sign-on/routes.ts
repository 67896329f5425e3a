/** Serves the pages about single sign-on of a contact centre, which are a tab of it. */
import { checkSingleSignOn } from '@gatehouse/api-client/auth-api/administration';
import { createSingleSignOnAdministration } from '@gatehouse/api-client/environment-api/single-sign-on';
import { rootLocation } from '@gatehouse/contracts/environment-api/location';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { centerOf, centerParams as params } from '../contact-centers/center.ts';
import { ifMatch } from '../shell/conflict.ts';
import { consoleView, formView, listView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import { askFirst } from '../shell/question.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { stepsView } from '../shell/steps.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { acceptTextFiles } from '../shell/upload.ts';
import { bodyOf, typedOf } from './fields.ts';
import { addPage, checkPage, listPage, settingsPage } from './pages.ts';
import { addressOf, type Place, placeFields, protocolField, singleSignOnPath } from './places.ts';
import { questionPage, reasonOf } from './question-page.ts';
import { type SetUpPage, setUpPage } from './set-up-page.ts';

const setUpView = consoleView<SetUpPage>('single-sign-on/set-up');
const addFields = z.object({
  protocol: protocolField.catch('saml'),
  location: z.string().trim().max(256).default(rootLocation),
});
const checkFields = placeFields.extend({ userName: typedText(255) });
/** In bytes, as a form writes them: metadata of an identity provider with many keys is long. */
const settingsLimit = 2 * 1024 * 1024;

const below = '/:id/single-sign-on';

export function singleSignOnRoutes(pages: App, shell: Shell): void {
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

  acceptTextFiles(pages, settingsLimit);

  pages.get(below, { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const [center, saml, oidc] = await Promise.all([
      centerOf(visit, id),
      callsOf(visit).list(id, 'saml'),
      callsOf(visit).list(id, 'oidc'),
    ]);
    const stored = [
      ...saml.map((record) => ({ protocol: 'saml' as const, location: record.location, record })),
      ...oidc.map((record) => ({ protocol: 'oidc' as const, location: record.location, record })),
    ];
    return shell.show(visit, listView, listPage(visit, center, stored));
  });

  pages.get(`${below}/add`, { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const center = await centerOf(visit, request.params.id);
    return shell.show(visit, formView, addPage(visit, center, { protocol: 'saml', location: rootLocation }));
  });

  pages.post(`${below}/add`, { schema: { hide: true, params, body: addFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const place = placeFields.safeParse(request.body);
    if (place.success) return reply.redirect(addressOf(id, 'set-up', place.data), 303);
    const center = await centerOf(visit, id);
    const location = visit.text('console.singleSignOn.location.problem');
    const problem = { status: 400, message: '', fields: { location } };
    return shell.refused(visit, addPage(visit, center, request.body), problem);
  });

  pages.get(
    `${below}/set-up`,
    { schema: { hide: true, params, querystring: placeFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { center, place, record } = await readPlace(visit, request.params.id, request.query);
      return shell.show(visit, setUpView, setUpPage(visit, shell.publicUrl, center, place, record));
    },
  );

  pages.get(
    `${below}/settings`,
    { schema: { hide: true, params, querystring: placeFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { record, ...found } = await readPlace(visit, request.params.id, request.query);
      const typed = typedOf(found.place.protocol, record);
      const hasSecret = record?.['hasClientSecret'] === true;
      return shell.show(visit, formView, settingsPage(visit, { ...found, typed, hasSecret }));
    },
  );

  pages.post(
    `${below}/settings`,
    {
      bodyLimit: settingsLimit,
      schema: { hide: true, params, body: z.looseObject({ ...placeFields.shape, ...tagField }) },
    },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id } = request.params;
      const { protocol, location, ifMatch: etag, ...typed } = request.body;
      const place = { protocol, location };
      const { problem } = await attempt(visit, () =>
        callsOf(visit, etag).set(id, protocol, location, bodyOf(protocol, typed)),
      );
      if (problem === undefined)
        return shell.done(visit, addressOf(id, 'set-up', place), 'console.singleSignOn.saved');
      const { record, ...now } = await readPlace(visit, id, place);
      const hasSecret = record?.['hasClientSecret'] === true;
      const mine = settingsPage(visit, { ...now, typed, hasSecret, etag });
      if (problem.status !== 412) return shell.refused(visit, mine, problem);
      const theirs = settingsPage(visit, { ...now, typed: typedOf(protocol, record), hasSecret });
      return shell.compare(visit, { typed: mine, current: theirs, etag: now.etag });
    },
  );

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

  for (const [question, done] of [
    ['enable', 'console.singleSignOn.enable.done'],
    ['disable', 'console.singleSignOn.disable.done'],
    ['delete', 'console.singleSignOn.delete.done'],
  ] as const)
    askFirst(pages, shell, {
      url: `${below}/${question}`,
      path: params.shape,
      fields: { ...placeFields.shape, ...tagField },
      async page(visit, { id, ...wanted }) {
        const { record, ...found } = await readPlace(visit, id, wanted);
        if (record === undefined) throw notFound('There are no such settings');
        return questionPage(visit, question, { ...found, record });
      },
      act: (visit, { id, protocol, location, ifMatch: etag }): Promise<unknown> =>
        question === 'delete'
          ? callsOf(visit, etag).remove(id, protocol, location)
          : callsOf(visit, etag).set(id, protocol, location, { enabled: question === 'enable' }),
      done: (visit, { id, ...place }) =>
        shell.done(
          visit,
          question === 'delete' ? singleSignOnPath(id) : addressOf(id, 'set-up', place),
          done,
        ),
      reasonOf,
    });
}
