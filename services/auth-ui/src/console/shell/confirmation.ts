/** Serves the confirmation before something is done: its page, and its form, which does it and leads on. */
import type { ManagedQuery } from '@gatehouse/contracts/documents';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { LesserRight } from '../../oauth-session/session.ts';
import type { TextKey, Values } from '../../texts/texts.ts';
import { keepersOf, managedNotice } from './managed.ts';
import { type ConfirmPage, confirmView } from './pages.ts';
import { type Form, withProblem } from './parts.ts';
import { attempt, type Problem } from './problem.ts';
import type { ConsoleVisit, Shell } from './shell.ts';

/** The values that say what a confirmation is about. They come from its path, and from the query of the page or the fields of the form. */
type Asked<Path extends z.ZodRawShape, Fields extends z.ZodRawShape> = z.output<z.ZodObject<Path & Fields>>;

type None = Record<never, never>;

interface Confirmation<Path extends z.ZodRawShape, Fields extends z.ZodRawShape, Result> {
  url: string;
  path?: Path;
  fields?: Fields;
  /** The page as things are now: also after a refusal. */
  page: (visit: ConsoleVisit, asked: Asked<Path, Fields>) => ConfirmPage | Promise<ConfirmPage>;
  act: (visit: ConsoleVisit, asked: Asked<Path, Fields>) => Promise<Result>;
  done: (visit: ConsoleVisit, asked: Asked<Path, Fields>, result: Result) => FastifyReply;
  /** The words of the form for a refusal. By default they are the message of the API. */
  reasonOf?: (problem: Problem) => string;
  /** Further statuses that the form says. */
  also?: readonly number[];
  /** Lesser rights that may do it, too. */
  lesser?: readonly LesserRight[];
  /** The thing as documents name it, and what is done with it: the page says who manages it. */
  managed?: (asked: NoInfer<Asked<Path, Fields>>) => { thing: ManagedQuery; act: 'change' | 'delete' };
}

export function confirmFirst<Result, Path extends z.ZodRawShape = None, Fields extends z.ZodRawShape = None>(
  pages: App,
  shell: Shell,
  { url, path, fields, page, act, done, reasonOf, also, lesser, managed }: Confirmation<Path, Fields, Result>,
): void {
  const params = z.object(path ?? {});
  const sent = z.object(fields ?? {});
  const askedOf = (inPath: object, given: object) => ({ ...given, ...inPath }) as Asked<Path, Fields>;

  const pageOf = async (visit: ConsoleVisit, asked: Asked<Path, Fields>): Promise<ConfirmPage> => {
    const kept = managed?.(asked);
    const [shown, keepers] = await Promise.all([page(visit, asked), keepersOf(visit, kept?.thing)]);
    return { ...shown, ...managedNotice(visit, keepers, kept?.act) };
  };

  const config = lesser === undefined ? {} : { lesser };
  pages.get(url, { config, schema: { hide: true, params, querystring: sent } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    return shell.show(visit, confirmView, await pageOf(visit, askedOf(request.params, request.query)));
  });

  pages.post(url, { config, schema: { hide: true, params, body: sent } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const asked = askedOf(request.params, request.body);
    const { done: result, problem } = await attempt(visit, () => act(visit, asked), also);
    if (problem === undefined) return done(visit, asked, result as Result);
    const again = await pageOf(visit, asked);
    reply.code(problem.status);
    if (problem.status === 412)
      return shell.show(visit, confirmView, { ...again, message: changedMeanwhile(visit) });
    const message = reasonOf?.(problem) ?? problem.message;
    return shell.show(visit, confirmView, {
      ...again,
      form: withProblem(again.form, { ...problem, message }),
    });
  });
}

/** Texts of a confirmation: its button, its title and its lead. */
export type ConfirmationKey = Titled<TextKey>;
type Titled<K> = K extends `${infer Key}.title` ? Extract<TextKey, Key> : never;

interface ConfirmationTexts extends Pick<ConfirmPage, 'breadcrumbs' | 'facts'> {
  key: ConfirmationKey;
  /** The thing that its title names. */
  named?: Values;
  lead?: string;
  action: string;
  hidden?: Record<string, string>;
  sections?: Form['sections'];
  cancel: string;
  isDangerous?: boolean;
}

/** The page of a confirmation, by the texts below its key. */
export function confirmationOf({ text }: Pick<ConsoleVisit, 'text'>, asking: ConfirmationTexts): ConfirmPage {
  const { key, named, lead, action, hidden, sections = [], cancel, isDangerous, ...page } = asking;
  return {
    title: text(`${key}.title` as TextKey, named),
    lead: lead ?? text(`${key}.lead` as TextKey),
    ...page,
    form: {
      action,
      ...(hidden && { hidden }),
      sections,
      submit: text(key),
      cancel,
      ...(isDangerous === undefined ? {} : { isDangerous }),
    },
  };
}

/** Above the confirmation of a version that is no longer the newest one. */
export function changedMeanwhile({ text }: ConsoleVisit) {
  return {
    kind: 'danger',
    title: text('console.changedMeanwhile'),
    text: text('console.changedMeanwhile.text'),
  } as const;
}
