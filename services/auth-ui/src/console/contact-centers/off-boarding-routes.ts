/** Serves the pages that end a contact centre. */
import { orderRevocation } from '@gatehouse/api-client/auth-api/help-desk';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import { forbidden } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { confirmView, consoleView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField, typedText } from '../shell/typed.ts';
import { centerParams as params } from './center.ts';
import {
  afterStep,
  type Ends,
  type OffBoardingPage,
  offBoardingPage,
  type Step,
  stepPage,
  steps,
} from './off-boarding-pages.ts';

const offBoardingView = consoleView<OffBoardingPage>('contact-centers/off-boarding');
const stepParams = params.extend({ step: z.enum(steps) });
const stepFields = z.object({ ...tagField, name: typedText(512) });

const done = {
  disable: 'console.contactCenters.disabled',
  enable: 'console.contactCenters.enabled',
  delete: 'console.contactCenters.deleted',
} as const;

export function offBoardingRoutes(pages: App, shell: Shell): void {
  const centersOf = ({ environmentApi }: ConsoleVisit) => createContactCenterAdministration(environmentApi);

  pages.get('/:id/off-boarding', { schema: { hide: true, params } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { id } = request.params;
    const center = await centersOf(visit).read(id);
    return shell.show(visit, offBoardingView, offBoardingPage(visit, center, await endsOf(visit, id)));
  });

  pages.get(
    '/:id/off-boarding/:step',
    { schema: { hide: true, params: stepParams } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id, step } = request.params;
      requireRight(visit, step);
      const { data, etag } = await centersOf(visit).readTagged(id);
      return shell.show(visit, confirmView, stepPage(visit, data, step, etag));
    },
  );

  pages.post(
    '/:id/off-boarding/:step',
    { schema: { hide: true, params: stepParams, body: stepFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { id, step } = request.params;
      const { ifMatch: etag, name } = request.body;
      requireRight(visit, step);
      const now = await centersOf(visit).readTagged(id);
      if (step === 'delete' && name !== now.data.name) {
        reply.code(400);
        return shell.show(visit, confirmView, stepPage(visit, now.data, step, etag, { wrongName: name }));
      }
      const guarded = createContactCenterAdministration(ifMatch(visit.environmentApi, etag));
      const { problem } = await attempt<unknown>(visit, () =>
        step === 'delete'
          ? guarded.remove(id)
          : guarded.change(id, { status: step === 'disable' ? 'disabled' : 'active' }),
      );
      if (problem === undefined) {
        return shell.done(visit, afterStep(step, id), done[step], { name: now.data.name });
      }
      reply.code(problem.status);
      return shell.show(visit, confirmView, stepPage(visit, now.data, step, now.etag, { isStale: true }));
    },
  );
}

/** Hides a form that the API would refuse. */
function requireRight({ rights }: ConsoleVisit, step: Step): void {
  if (step === 'delete' && !rights.installation)
    throw forbidden('Contact centres are deleted by installation administrators');
}

async function endsOf({ authApi, environmentApi }: ConsoleVisit, id: string): Promise<Ends> {
  const [{ ends }, contents] = await Promise.all([
    orderRevocation(authApi, { contactCenter: id, dryRun: true }),
    createContactCenterAdministration(environmentApi).ends(id),
  ]);
  const { people = 0, sessions = 0, clients = [] } = ends ?? {};
  return { people, sessions, clients, contents };
}
