/** Serves the pages about the list of a contact centre, as a tab of it. */
import { createAppointmentCalls } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { AppointeeView } from '@gatehouse/contracts/auth-administration';
import type { ContactCenterRight } from '@gatehouse/contracts/values';
import { forbidden, notFound } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formRoutes } from '../form/routes.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { listView } from '../shell/pages.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import {
  type AppointmentsOwner,
  addAppointmentPage,
  appointingPage,
  appointmentInputs,
  appointmentsPage,
  removeAppointmentPage,
} from './appointment-pages.ts';
import { newAdministratorOf } from './pages.ts';
import { atIssuer, authorsOf } from './routes.ts';

const params = z.object({ id: z.string().max(64) });
const isAdministrator = ({ rights }: AppointeeView) => rights.includes('administrator');
const answer = z.enum(['true', 'false']);

interface AppointmentPages {
  shell: Shell;
  /** Below the prefix of the area. */
  below: string;
  /** @throws UpstreamError where there is no such contact centre */
  ownerOf: (visit: ConsoleVisit, id: string) => Promise<AppointmentsOwner>;
}

export function appointmentRoutes(pages: App, { shell, below, ownerOf }: AppointmentPages): void {
  const callsOf = ({ authApi }: ConsoleVisit, id: string) => createAppointmentCalls(authApi, id);

  detailRoute(pages, shell, { url: below, path: params.shape, view: listView }, async (visit, { id }) => {
    const [owner, list] = await Promise.all([ownerOf(visit, id), callsOf(visit, id).read()]);
    return appointmentsPage(visit, owner, list, await authorsOf(visit, list.administrators));
  });

  formRoutes(pages, shell, {
    url: `${below}/add`,
    path: params.shape,
    read: async (visit, { id }) => ({ owner: await ownerOf(visit, id) }),
    page: (visit, { owner }, typed) => addAppointmentPage(visit, owner, typed),
    async act(visit, { id }, { typed }) {
      const entry = newAdministratorOf(visit, typed, appointmentInputs) as ReturnType<
        typeof newAdministratorOf
      > & { rights: ContactCenterRight[] };
      try {
        return (await callsOf(visit, id).add(entry)).name;
      } catch (error) {
        if (!(error instanceof UpstreamError) || error.status !== 409) throw error;
        // By the same form, where it was sent twice.
        const { administrators } = await callsOf(visit, id).read();
        const isSame = administrators.some(
          ({ name, rights, way }) =>
            rights.join() === entry.rights.join() &&
            way === entry.way &&
            (name.split('\\').at(-1) ?? name) === entry.user,
        );
        if (isSame) return entry.user;
        throw error;
      }
    },
    also: [403, 404],
    done: (visit, _asked, name, { owner }) =>
      shell.done(visit, owner.path, 'console.appointments.added', { name }),
    beside: (_visit, problem) => atIssuer(problem),
  });

  confirmFirst(pages, shell, {
    url: `${below}/remove`,
    path: params.shape,
    fields: { sub: z.string().max(512), evenLast: answer.optional() },
    async page(visit, { id, sub }) {
      const [owner, { administrators }] = await Promise.all([ownerOf(visit, id), callsOf(visit, id).read()]);
      const found = administrators.find((one) => one.sub === sub);
      if (found === undefined) throw notFound('There is no such entry');
      const others = administrators.some((one) => isAdministrator(one) && one.sub !== sub);
      return removeAppointmentPage(visit, owner, {
        ...found,
        isLast: isAdministrator(found) && !others,
      });
    },
    async act(visit, { id, sub, evenLast }) {
      await callsOf(visit, id).remove(sub, evenLast === 'true');
      return ownerOf(visit, id);
    },
    done: (visit, _asked, { path }) => shell.done(visit, path, 'console.administrators.removed'),
  });

  confirmFirst(pages, shell, {
    url: `${below}/own`,
    path: params.shape,
    fields: { isAllowed: answer.optional() },
    async page(visit, { id }) {
      if (!visit.rights.installation) throw forbidden('Administrators of the installation decide this');
      const [owner, { administratorsAppoint }] = await Promise.all([
        ownerOf(visit, id),
        callsOf(visit, id).read(),
      ]);
      return appointingPage(visit, owner, !administratorsAppoint);
    },
    async act(visit, { id, isAllowed }) {
      await callsOf(visit, id).allow(isAllowed === 'true');
      return ownerOf(visit, id);
    },
    done: (visit, _asked, { path }) => shell.done(visit, path, 'console.appointments.saved'),
  });
}
