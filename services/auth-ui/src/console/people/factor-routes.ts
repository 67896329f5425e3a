/** Serves the pages about the second factors of a person: the list, the reset, the invitation, the end of remembered browsers. */
import { createFactorCalls, readPersonProfile } from '@gatehouse/api-client/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { confirmFirst } from '../shell/confirmation.ts';
import { detailRoute } from '../shell/details.ts';
import { shownOnceView, tablesView } from '../shell/pages.ts';
import type { Shell } from '../shell/shell.ts';
import { personConfirmation } from './confirmations.ts';
import { factorOrderPage, factorsPage, invitationPage } from './factor-pages.ts';
import { addressOf, nameFields } from './names.ts';

const named = nameFields.shape;
const withReason = { ...named, reason: z.string().max(256).default('') };
const ofHelpDesk = ['help-desk'] as const;

export function factorRoutes(pages: App, shell: Shell): void {
  detailRoute(pages, shell, { url: '/factors', query: named, view: tablesView }, async (visit, asked) => {
    const [profile, held] = await Promise.all([
      readPersonProfile(visit.authApi, asked),
      createFactorCalls(visit.authApi).read(asked),
    ]);
    return factorsPage(visit, profile, held);
  });

  confirmFirst(pages, shell, {
    url: '/reset-factors',
    lesser: ofHelpDesk,
    fields: withReason,
    page: async (visit, { reason, ...asked }) =>
      factorOrderPage(visit, 'reset-factors', await readPersonProfile(visit.authApi, asked), reason),
    act: (visit, order) => createFactorCalls(visit.authApi).reset(order),
    done: (visit, { reason: _kept, ...asked }, { sessions }) =>
      shell.done(visit, addressOf('factors', asked), 'console.people.factorsReset', {
        count: String(sessions),
      }),
  });

  confirmFirst(pages, shell, {
    url: '/invite',
    lesser: ofHelpDesk,
    fields: withReason,
    page: async (visit, { reason, ...asked }) =>
      factorOrderPage(visit, 'invite', await readPersonProfile(visit.authApi, asked), reason),
    async act(visit, { reason, ...asked }) {
      const profile = await readPersonProfile(visit.authApi, asked);
      return { profile, made: await createFactorCalls(visit.authApi).invite({ ...asked, reason }) };
    },
    done: (visit, _asked, { profile, made }) =>
      shell.show(visit, shownOnceView, invitationPage(visit, profile, made)),
  });

  confirmFirst(pages, shell, {
    url: '/forget-browsers',
    lesser: ofHelpDesk,
    fields: { ...named, device: z.uuid() },
    page: async (visit, { device, ...asked }) =>
      personConfirmation(visit, 'forget-browsers', await readPersonProfile(visit.authApi, asked), { device }),
    act: (visit, { device, ...asked }) => createFactorCalls(visit.authApi).endDevices(asked, device),
    done: (visit, { device: _ended, ...asked }, { devices }) =>
      shell.done(visit, addressOf('factors', asked), 'console.people.browsersForgotten', {
        count: String(devices),
      }),
  });
}
