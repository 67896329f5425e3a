/** Serves the confirmations of changes to a person, and makes these changes. */
import { clearDelays, createHeldSessionCalls, readPersonProfile } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { formatsIn } from '../../texts/formats.ts';
import { confirmFirst } from '../shell/confirmation.ts';
import { shownOnceView } from '../shell/pages.ts';
import { problemOf } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { tagField } from '../shell/typed.ts';
import { passwordLinkPage, personConfirmation } from './confirmations.ts';
import { addressOf, nameFields } from './names.ts';
import { keptPerson, peopleOf } from './store.ts';

const fields = nameFields.shape;

export function confirmationRoutes(pages: App, shell: Shell): void {
  const read = (visit: ConsoleVisit, named: PersonName) => readPersonProfile(visit.authApi, named);
  confirmFirst(pages, shell, {
    url: '/unlock',
    lesser: ['help-desk'],
    fields,
    page: async (visit, named) => personConfirmation(visit, 'unlock', await read(visit, named)),
    act: (visit, named) => clearDelays(visit.authApi, named),
    also: [429],
    done: (visit, named, { refusals, waitSeconds }) => {
      const count = String(refusals);
      const address = addressOf('person', named);
      if (waitSeconds === undefined) return shell.done(visit, address, 'console.people.unlocked', { count });
      const wait = formatsIn(visit.language).minutes(Math.ceil(waitSeconds / 60));
      return shell.done(visit, address, 'console.people.unlockedWait', { count, wait });
    },
  });

  confirmFirst(pages, shell, {
    url: '/end-session',
    lesser: ['help-desk'],
    fields: { ...fields, session: z.string().min(1).max(128) },
    page: async (visit, { session, ...named }) =>
      personConfirmation(visit, 'end-session', await read(visit, named), { session }),
    act: (visit, { session, ...named }) =>
      unlessOver(visit, () => createHeldSessionCalls(visit.authApi).end(named, session)),
    done: (visit, { session: _ended, ...named }) =>
      shell.done(visit, addressOf('person', named), 'console.people.sessionEnded'),
  });

  confirmFirst(pages, shell, {
    url: '/end-sessions',
    lesser: ['help-desk'],
    fields,
    page: async (visit, named) => personConfirmation(visit, 'end-sessions', await read(visit, named)),
    act: (visit, named) => createHeldSessionCalls(visit.authApi).end(named),
    done: (visit, named, { sessions }) =>
      shell.done(visit, addressOf('person', named), 'console.people.sessionsEnded', {
        count: String(sessions),
      }),
  });

  confirmFirst(pages, shell, {
    url: '/password-link',
    lesser: ['help-desk'],
    fields,
    page: async (visit, named) => personConfirmation(visit, 'password-link', await read(visit, named)),
    async act(visit, named) {
      const { profile, stored } = await keptPerson(visit, named);
      return { profile, link: await peopleOf(visit, profile.contactCenterId).passwordLink(stored.id) };
    },
    done: (visit, _named, { profile, link }) => {
      const named = { user: profile.person.userName, contactCenter: profile.contactCenterId };
      return shell.show(visit, shownOnceView, passwordLinkPage(visit, named, link));
    },
  });

  for (const [change, status, done] of [
    ['disable', 'disabled', 'console.people.disabled'],
    ['enable', 'active', 'console.people.enabled'],
  ] as const)
    confirmFirst(pages, shell, {
      url: `/${change}`,
      fields: { ...fields, ...tagField },
      async page(visit, { ifMatch: _seen, ...named }) {
        const { profile, etag } = await keptPerson(visit, named);
        return personConfirmation(visit, change, profile, { ifMatch: etag });
      },
      async act(visit, { ifMatch: etag, ...named }) {
        const { profile, stored } = await keptPerson(visit, named);
        return peopleOf(visit, profile.contactCenterId, etag).change(stored.id, { status });
      },
      done: (visit, { ifMatch: _seen, ...named }) => shell.done(visit, addressOf('person', named), done),
    });
}

/** A session that has ended meanwhile is what was asked for. A person who is not found has kept theirs. @throws UpstreamError */
async function unlessOver({ text }: ConsoleVisit, end: () => Promise<unknown>): Promise<void> {
  try {
    await end();
  } catch (error) {
    const isOver =
      error instanceof UpstreamError && error.status === 404 && 'session' in problemOf(error, text).fields;
    if (!isOver) throw error;
  }
}
