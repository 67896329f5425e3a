/** Gives the areas what each page needs: the person, the APIs with the person's token, navigation, and what to show. */
import { type HttpClient, withHeaders } from '@gatehouse/api-client/http';
import { accountPath, consolePath } from '@gatehouse/contracts/auth-api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { csrfField, headersOfPerson, personOf } from '../../oauth-session/guard.ts';
import { rightsOf, type Session } from '../../oauth-session/session.ts';
import type { Message } from '../../pages/message.ts';
import { renderTemplate } from '../../pages/render.ts';
import { beginVisit, sendPage, titleOf, type Visit } from '../../pages/visit.ts';
import { formatsIn } from '../../texts/formats.ts';
import type { TextKey } from '../../texts/texts.ts';
import { conflictPage, lostSecrets } from './conflict.ts';
import { type Flash, leaveFlash, takeFlash, type Undo, undoAddress } from './flash.ts';
import { formKeyField, formKeyOf, newFormKey, onceEach } from './form-key.ts';
import { type ListedArea, navigationOf } from './navigation.ts';
import { type ConsolePage, type ConsoleView, comparisonView, type FormPage, formView } from './pages.ts';
import { type Form, withProblem } from './parts.ts';
import type { Problem } from './problem.ts';
import type { RouteRights } from './route-rights.ts';

interface ShellOptions {
  /** Both must carry no credentials of their own. */
  authApi: HttpClient;
  environmentApi: HttpClient;
  publicUrl: string;
  /** In the order of the navigation. */
  areas: readonly ListedArea[];
  routeRights: Pick<RouteRights, 'permitted'>;
}

export interface ConsoleVisit extends Visit {
  person: Session;
  rights: ReturnType<typeof rightsOf>;
  /** Call with the person's own token, for the functions of `api-client`. */
  authApi: HttpClient;
  environmentApi: HttpClient;
}

export type Shell = ReturnType<typeof createShell>;

export function createShell({ authApi, environmentApi, publicUrl, areas, routeRights }: ShellOptions) {
  function begin(request: FastifyRequest, reply: FastifyReply): ConsoleVisit {
    const person = personOf(request);
    const headers = headersOfPerson(request);
    const formKey = formKeyOf(request);
    const toEnvironmentApi = withHeaders(environmentApi, headers);
    return {
      ...beginVisit(request, reply),
      person,
      rights: rightsOf(person),
      authApi: withHeaders(authApi, headers),
      environmentApi: formKey === undefined ? toEnvironmentApi : onceEach(toEnvironmentApi, formKey),
    };
  }

  /** Renders a page inside the shell. */
  function show<Data extends ConsolePage>(
    visit: ConsoleVisit,
    { template }: ConsoleView<Data>,
    page: Data,
  ): FastifyReply {
    const { request, reply, text, person } = visit;
    const flash = takeFlash(request, reply, publicUrl);
    // The answer to a form is told once. The page tells its own message again at the next visit.
    const message = (flash && messageOf(flash, text, page.check)) ?? page.message;
    return sendPage(visit, (surroundings) =>
      renderTemplate(template, {
        ...routeRights.permitted(person, page),
        ...surroundings,
        title: titleOf(text, page.title, message?.kind === 'danger' || isRefused(page)),
        heading: page.title,
        message,
        navigation: navigationOf(visit, person, areas),
        userName: person.userName,
        right: rightOf(visit),
        csrf: { name: csrfField, value: person.csrf },
        formKey: { name: formKeyField, make: newFormKey },
        home: consolePath,
        // The operator account is no person, and has no such page.
        account: person.linkRequest === undefined ? accountPath : undefined,
        signOut: `${consolePath}/sign-out`,
      }),
    );
  }

  return {
    publicUrl,
    areas,
    begin,
    show,
    /** The form once more, with what the API refused beside its fields, and with the secrets that have to be typed again. */
    refused(visit: ConsoleVisit, page: FormPage, problem: Problem): FastifyReply {
      visit.reply.code(problem.status);
      const form = withProblem(page.form, problem);
      const lost = lostSecrets(visit, page).problem;
      const said = [form.problem, lost].filter((words) => words !== undefined).join(' ');
      return show(visit, formView, { ...page, form: { ...form, problem: said || undefined } });
    },
    /** The form as it was typed beside the same form of now, whose version is `etag` (412). */
    compare(
      visit: ConsoleVisit,
      { typed, current, etag }: { typed: FormPage; current: FormPage; etag: string },
    ): FastifyReply {
      visit.reply.code(412);
      return show(visit, comparisonView, conflictPage(visit, typed, current, etag));
    },
    /** After a form: leads to a page, which says what was done, and what of it needs a look (`notes`). */
    done(
      visit: ConsoleVisit,
      to: string,
      key: TextKey,
      values?: Record<string, string>,
      notes?: Flash['notes'],
    ): FastifyReply {
      leaveFlash(visit.reply, publicUrl, key, values, notes?.lines.length ? { notes } : {});
      return visit.reply.redirect(to, 303);
    },
    /** Instead of what a form asked for: leads to a page, which says why nothing was done. */
    undone(visit: ConsoleVisit, to: string, key: TextKey, values?: Record<string, string>): FastifyReply {
      leaveFlash(visit.reply, publicUrl, key, values, { isRefusal: true });
      return visit.reply.redirect(to, 303);
    },
    /** After a deletion: the message offers to take it back. */
    deleted(
      visit: ConsoleVisit,
      to: string,
      undo: Undo,
      [key, values]: readonly [key: TextKey, values?: Record<string, string>],
    ): FastifyReply {
      leaveFlash(visit.reply, publicUrl, key, values, { undo });
      return visit.reply.redirect(to, 303);
    },
  };
}

/** Whether a form of the page says that something is wrong with it. */
function isRefused(page: ConsolePage & { form?: Form }): boolean {
  const { problem, sections = [] } = page.form ?? {};
  return problem !== undefined || sections.some(({ fields }) => fields.some((field) => field.problem));
}

/** Undefined where the text wants other values: a replica of another release left them. */
function messageOf(
  { key, values, notes, undo, isRefusal }: Flash,
  text: ConsoleVisit['text'],
  check: ConsolePage['check'],
): Message | undefined {
  try {
    const title = text(key, values);
    const act = undo && { action: undoAddress(undo), label: text('console.deleted.undo') };
    if (isRefusal) return { kind: 'warning', title };
    if (notes === undefined) return { kind: 'success', title, act };
    return { kind: 'warning', title, text: text(notes.key), list: notes.lines, act: check };
  } catch {
    return undefined;
  }
}

function rightOf({ rights, text, person, language }: ConsoleVisit): string {
  if (person.linkRequest !== undefined)
    return text('console.right.operator', { until: formatsIn(language).timeOfDay(person.expiresAtMs) });
  if (rights.installation) return text('console.right.installation');
  if (rights.lesser.length > 0)
    return formatsIn(language).words(rights.lesser.map((right) => text(`console.right.${right}`)));
  return text(rights.contactCenter ? 'console.right.contactCenter' : 'console.right.none');
}
