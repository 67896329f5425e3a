/** Routes of the questions about a person, and of what follows from the answer. */
import {
  clearDelays,
  createHeldSessionCalls,
  readPersonProfile,
} from '@gatehouse/api-client/auth-api/help-desk';
import { createPeopleAdministration } from '@gatehouse/api-client/environment-api/people';
import type { PersonName } from '@gatehouse/contracts/auth-api/administration/help-desk';
import type { PersonProfile } from '@gatehouse/contracts/auth-api/administration/people';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import { ifMatch } from '../shell/conflict.ts';
import { confirmView, shownOnceView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { addressOf, nameFields, nameOf } from './names.ts';
import { wayBelow } from './person-page.ts';
import { questionPage } from './questions.ts';

const sessionFields = nameFields.extend({ session: z.string().min(1).max(128) });
const taggedFields = nameFields.extend({ ifMatch: z.string().max(128).default('') });

export function questionRoutes(pages: App, shell: Shell): void {
  const read = (visit: ConsoleVisit, named: PersonName) => readPersonProfile(visit.authApi, named);
  const stored = (visit: ConsoleVisit, profile: PersonProfile, etag = '') => ({
    id: storedIdOf(profile),
    calls: createPeopleAdministration(ifMatch(visit.environmentApi, etag), profile.contactCenterId),
  });

  for (const question of ['unlock', 'end-sessions', 'password-link'] as const)
    pages.get(`/${question}`, { schema: { hide: true, querystring: nameFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      return shell.show(visit, confirmView, questionPage(visit, question, await read(visit, request.query)));
    });

  pages.get(
    '/end-session',
    { schema: { hide: true, querystring: sessionFields } },
    async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { session, ...named } = request.query;
      const profile = await read(visit, named);
      return shell.show(visit, confirmView, questionPage(visit, 'end-session', profile, { session }));
    },
  );

  pages.post('/unlock', { schema: { hide: true, body: nameFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { refusals } = await clearDelays(visit.authApi, request.body);
    return shell.done(visit, addressOf('person', request.body), 'console.people.unlocked', {
      count: String(refusals),
    });
  });

  pages.post('/end-session', { schema: { hide: true, body: sessionFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { session, ...named } = request.body;
    // 404: it has ended meanwhile, which is what was asked for.
    await attempt(() => createHeldSessionCalls(visit.authApi).end(named, session), [404]);
    return shell.done(visit, addressOf('person', named), 'console.people.sessionEnded');
  });

  pages.post('/end-sessions', { schema: { hide: true, body: nameFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { sessions } = await createHeldSessionCalls(visit.authApi).end(request.body);
    return shell.done(visit, addressOf('person', request.body), 'console.people.sessionsEnded', {
      count: String(sessions),
    });
  });

  pages.post('/password-link', { schema: { hide: true, body: nameFields } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { text } = visit;
    const profile = await read(visit, request.body);
    const { id, calls } = stored(visit, profile);
    const { done, problem } = await attempt(() => calls.passwordLink(id));
    if (problem !== undefined) {
      reply.code(problem.status);
      return shell.show(visit, confirmView, questionPage(visit, 'password-link', profile, {}, problem));
    }
    return shell.show(visit, shownOnceView, {
      title: text('console.people.passwordLink.made', { user: profile.person.userName }),
      path: wayBelow(visit, profile),
      values: [{ label: text('console.people.passwordLink.address'), value: done.url }],
      warning: text('console.people.passwordLink.warning', { at: new Date(done.expiresAt) }),
      next: { label: text('console.people.back'), href: addressOf('person', nameOf(profile)) },
    });
  });

  for (const [question, status, done] of [
    ['disable', 'disabled', 'console.people.disabled'],
    ['enable', 'active', 'console.people.enabled'],
  ] as const) {
    pages.get(`/${question}`, { schema: { hide: true, querystring: nameFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const profile = await read(visit, request.query);
      const { id, calls } = stored(visit, profile);
      const { etag } = await calls.readTagged(id);
      return shell.show(visit, confirmView, questionPage(visit, question, profile, { ifMatch: etag }));
    });

    pages.post(`/${question}`, { schema: { hide: true, body: taggedFields } }, async (request, reply) => {
      const visit = shell.begin(request, reply);
      const { ifMatch: etag, ...named } = request.body;
      const profile = await read(visit, named);
      const { id, calls } = stored(visit, profile, etag);
      const { problem } = await attempt(() => calls.setStatus(id, status));
      if (problem === undefined) return shell.done(visit, addressOf('person', nameOf(profile)), done);
      reply.code(problem.status);
      const now = await stored(visit, profile).calls.readTagged(id);
      const again = questionPage(visit, question, profile, { ifMatch: now.etag }, problem);
      return shell.show(visit, confirmView, again);
    });
  }
}

/** Only people of the people store have one. @throws AppError 404 */
function storedIdOf({ person }: PersonProfile): string {
  if (person.id === undefined) throw notFound('The person is not in the people store');
  return person.id;
}
