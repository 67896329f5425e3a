/** Serves the pages that end a contact centre. */
import { orderRevocation } from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { confirmFirst } from '../shell/confirmation.ts';
import { ifMatch } from '../shell/conflict.ts';
import { detailRoute } from '../shell/details.ts';
import { clientNames } from '../shell/names/client-names.ts';
import { consoleView } from '../shell/pages.ts';
import { RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { managedCenter, centerParams as params } from './center.ts';
import {
  afterStep,
  type Ends,
  type OffBoardingPage,
  offBoardingPage,
  type Step,
  shownClients,
  stepPage,
  steps,
} from './off-boarding-pages.ts';

const offBoardingView = consoleView<OffBoardingPage>('contact-centers/off-boarding');
const stepParams = params.extend({ step: z.enum(steps) });

const done = {
  disable: 'console.contactCenters.disabled',
  enable: 'console.contactCenters.enabled',
  delete: 'console.contactCenters.deleted',
} as const;

export function offBoardingRoutes(pages: App, shell: Shell): void {
  const centersOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);

  detailRoute(
    pages,
    shell,
    { url: '/:id/off-boarding', path: params.shape, view: offBoardingView, isForAdministrators: true },
    async (visit, { id }) => {
      const center = await centersOf(visit).read(id);
      return offBoardingPage(visit, center, await endsOf(visit, id));
    },
  );

  confirmFirst(pages, shell, {
    url: '/:id/off-boarding/:step',
    path: stepParams.shape,
    fields: { ...tagField, name: typedText(512) },
    async page(visit, { id, step, name }) {
      requireRight(visit, step);
      const { data, etag } = await centersOf(visit).readTagged(id);
      return stepPage(visit, data, step, etag, name);
    },
    managed: ({ id, step }) => ({
      thing: managedCenter({ id }),
      act: step === 'delete' ? 'delete' : 'change',
    }),
    async act(visit, { id, step, name: typed, ifMatch: etag }) {
      requireRight(visit, step);
      const { name } = await centersOf(visit).read(id);
      if (step === 'delete' && typed !== name)
        throw new RefusedForm({ name: visit.text('console.contactCenters.delete.name.wrong') });
      const guarded = createContactCenterAdministration(ifMatch(visit.environmentApi, etag));
      if (step === 'delete') await guarded.remove(id);
      else await guarded.change(id, { status: step === 'disable' ? 'disabled' : 'active' });
      return { name };
    },
    done: (visit, { id, step }, { name }) =>
      step === 'delete'
        ? shell.deleted(visit, afterStep(step, id), { kind: 'contact-center', id }, [done[step], { name }])
        : shell.done(visit, afterStep(step, id), done[step], { name }),
  });
}

/** Hides a form that the API would refuse. */
function requireRight({ rights }: ConsoleVisit, step: Step): void {
  if (step === 'delete' && !rights.installation)
    throw forbidden('Contact centres are deleted by installation administrators');
}

async function endsOf(visit: ConsoleVisit, id: string): Promise<Ends> {
  const { authApi, environmentApi } = visit;
  const [{ ends }, contents] = await Promise.all([
    orderRevocation(authApi, { contactCenter: id, dryRun: true }),
    createContactCenterAdministration(environmentApi).ends(id),
  ]);
  const { people = 0, sessions = 0, clients = [] } = ends ?? {};
  const names = await clientNames(visit, clients.slice(0, shownClients));
  return { people, sessions, clients: clients.map((one) => names.get(one) ?? one), contents };
}
