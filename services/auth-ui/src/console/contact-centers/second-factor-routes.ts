/** Serves the tab of second factors of a contact centre, its form, and the question before a stricter policy is saved. */
import { countFactors, dryRunSecondFactor } from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import type { App } from '@gatehouse/service-kit/http';
import { formRoutes } from '../form/routes.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { confirmView, factPartsView } from '../shell/pages.ts';
import type { Shell } from '../shell/shell.ts';
import { centerOf, managedCenter, centerParams as params } from './center.ts';
import { policyOf, secondFactorForm, secondFactorPath } from './second-factor-form.ts';
import { needsQuestion, secondFactorPage, stricterPage } from './second-factor-pages.ts';

export function secondFactorRoutes(pages: App, shell: Shell): void {
  detailRoute(
    pages,
    shell,
    { url: '/:id/second-factor', path: params.shape, view: factPartsView, managed: managedCenter },
    async (visit, { id }) => {
      const [center, counts] = await Promise.all([centerOf(visit, id), countFactors(visit.authApi, id)]);
      return secondFactorPage(visit, center, counts);
    },
  );

  formRoutes(pages, shell, {
    url: '/:id/second-factor/edit',
    path: params.shape,
    read: ({ environmentApi }, { id }) => createContactCenterAdministration(environmentApi).readTagged(id),
    page: (visit, { data }, typed) => secondFactorForm(visit, data, typed),
    managed: managedCenter,
    async act(visit, { id }, { typed, etag }) {
      const change = policyOf(visit, typed);
      if (typed['isConfirmed'] !== 'true') {
        const preview = await dryRunSecondFactor(visit.authApi, id, change);
        if (needsQuestion(preview)) return { preview, typed };
      }
      await createContactCenterAdministration(ifMatch(visit.environmentApi, etag)).change(id, change);
      return undefined;
    },
    done: (visit, { id }, question, { data }) =>
      question === undefined
        ? shell.done(visit, secondFactorPath(id), 'console.contactCenters.saved', { name: data.name })
        : shell.show(visit, confirmView, stricterPage(visit, data, question)),
  });
}
