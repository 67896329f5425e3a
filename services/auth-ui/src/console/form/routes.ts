/** Serves a form: the page that shows it, and what it sends. A refusal shows it again, and nothing that others changed is overwritten. */
import type { ManagedQuery } from '@gatehouse/contracts/documents';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { lostSecrets } from '../shell/conflict.ts';
import { confirmedOf, type Keeper, keepersOf, markedForm, requireConfirmed } from '../shell/managed.ts';
import { type ConfirmPage, confirmView, type FormPage, formView } from '../shell/pages.ts';
import type { Form } from '../shell/parts.ts';
import { attempt, type Problem } from '../shell/problem.ts';
import type { ConsoleVisit, Shell } from '../shell/shell.ts';
import { type StepsPage, stepsView } from '../shell/steps.ts';
import { tagField } from '../shell/typed.ts';
import { withColors } from './colors.ts';
import type { Typed } from './inputs.ts';
import { isLanguageChange, withLanguages } from './languages.ts';
import { withChoices } from './pickers.ts';
import { isSearch } from './searches.ts';

type None = Record<never, never>;

/** The thing that a form is about: from its path, and from the query of the page or the hidden fields of the form. */
type Asked<Path extends z.ZodRawShape, Fields extends z.ZodRawShape> = z.output<z.ZodObject<Path & Fields>>;

interface FormRoutes<Path extends z.ZodRawShape, Fields extends z.ZodRawShape, Seen extends object, Result> {
  url: string;
  path?: Path;
  fields?: Fields;
  bodyLimit?: number;
  /** Reads the thing as it is now; its `etag` is its version, where it has one. */
  read: (visit: ConsoleVisit, asked: Asked<Path, Fields>) => Promise<Seen>;
  /** `typed` is undefined before anything was. */
  page: (visit: ConsoleVisit, seen: Seen, typed: Typed | undefined) => FormPage | Promise<FormPage>;
  /** `etag`: the version that the person has seen. */
  act: (
    visit: ConsoleVisit,
    asked: Asked<Path, Fields>,
    sent: { typed: Typed; etag: string; seen: Seen },
  ) => Promise<Result>;
  done: (visit: ConsoleVisit, asked: Asked<Path, Fields>, result: Result, seen: Seen) => FastifyReply;
  /** Tries what was typed, where the button of `trialButton` sent it. Nothing is stored. */
  trial?: (
    visit: ConsoleVisit,
    asked: Asked<Path, Fields>,
    sent: { typed: Typed; seen: Seen },
  ) => Promise<StepsPage>;
  /** The page of a 412 in place of the comparison; `page` is the form with the version of now. */
  meanwhile?: (visit: ConsoleVisit, seen: Seen, page: FormPage) => ConfirmPage;
  /** The thing as documents name it: fields that they manage are marked, and changed when the person says so once more. Undefined: nothing is changed. */
  managed?: (
    asked: NoInfer<Asked<Path, Fields>>,
    seen: NoInfer<Seen>,
    typed: Typed | undefined,
  ) => ManagedQuery | undefined;
  /** The name of a field at its API, where the form has another one. */
  nameOf?: (field: string) => string;
  /** The refusal as the form says it. */
  beside?: (visit: ConsoleVisit, problem: Problem, seen: Seen, typed: Typed) => Problem;
  /** Further statuses that the form says. */
  also?: readonly number[];
}

export function formRoutes<
  Seen extends object,
  Result,
  Path extends z.ZodRawShape = None,
  Fields extends z.ZodRawShape = None,
>(pages: App, shell: Shell, form: FormRoutes<Path, Fields, Seen, Result>): void {
  const { url, path, fields, bodyLimit, read, page, act, done, trial, meanwhile, beside, also } = form;
  const { managed, nameOf = (name: string) => name } = form;
  const params = z.object(path ?? {});
  const asked = z.object(fields ?? {});
  const sent = z.looseObject({ ...fields, ...tagField });
  const unmarked = async (visit: ConsoleVisit, seen: Seen, typed?: Typed) =>
    withChoices(visit, await page(visit, seen, typed));
  const pageOf = async (visit: ConsoleVisit, seen: Seen, keepers: readonly Keeper[], typed?: Typed) =>
    markedForm(visit, await unmarked(visit, seen, typed), keepers, { nameOf, typed });
  const askedOf = (inPath: object, given: object) => ({ ...given, ...inPath }) as Asked<Path, Fields>;

  pages.get(url, { schema: { hide: true, params, querystring: asked } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const about = askedOf(request.params, request.query);
    const seen = await read(visit, about);
    const keepers = await keepersOf(visit, managed?.(about, seen, undefined));
    return shell.show(visit, formView, tagged(await pageOf(visit, seen, keepers), etagOf(seen)));
  });

  const options = bodyLimit === undefined ? {} : { bodyLimit };
  pages.post(url, { ...options, schema: { hide: true, params, body: sent } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const typed = withColors(request.body) as Typed & { ifMatch: string };
    const about = askedOf(request.params, request.body);
    const { ifMatch: etag } = typed;
    const seen = await read(visit, about);
    const keepers = await keepersOf(visit, managed?.(about, seen, typed));
    if (isSearch(typed) || isLanguageChange(typed)) {
      const found = tagged(await pageOf(visit, seen, keepers, withLanguages(typed)), etagOf(seen) && etag);
      return shell.show(visit, formView, withLost(visit, found));
    }
    const isTrial = trial !== undefined && typed[trialName] !== undefined;
    const { done: sent, problem } = await attempt(
      visit,
      async () => {
        if (isTrial) return shell.show(visit, stepsView, await trial(visit, about, { typed, seen }));
        if (keepers.length > 0) {
          const [now, sent] = await Promise.all([page(visit, seen, undefined), page(visit, seen, typed)]);
          requireConfirmed(visit, keepers, { now, sent, nameOf });
        }
        return done(visit, about, await act(visit, about, { typed, etag, seen }), seen);
      },
      also,
    );
    if (problem === undefined) return sent;
    const now = await read(visit, about);
    const newer = etagOf(now);
    if (problem.status !== 412 || newer === undefined) {
      const again = tagged(await pageOf(visit, now, keepers, typed), newer && etag);
      return shell.refused(visit, again, beside?.(visit, problem, now, typed) ?? problem);
    }
    const mine = tagged(await unmarked(visit, now, typed), etag, confirmedOf(typed));
    if (meanwhile !== undefined) {
      reply.code(412);
      return shell.show(visit, confirmView, meanwhile(visit, now, tagged(mine, newer)));
    }
    const theirs = await unmarked(visit, now);
    return shell.compare(visit, { typed: mine, current: theirs, etag: newer });
  });
}

const trialName = 'trial';

/** The second button of a form whose values can be tried. Its answer has a tab of its own: no page sends typed secrets back. */
export const trialButton = ({ text }: ConsoleVisit): NonNullable<Form['other']> => ({
  label: text('console.form.trial'),
  name: trialName,
  value: 'true',
  opensTab: true,
});

/** A search answers with the whole page, which has no typed secret. */
function withLost(visit: ConsoleVisit, page: FormPage): FormPage {
  const { problem } = lostSecrets(visit, page);
  return problem === undefined ? page : { ...page, form: { ...page.form, problem } };
}

const etagOf = (seen: { etag?: string }): string | undefined => seen.etag;

function tagged(page: FormPage, etag: string | undefined, more?: Form['hidden']): FormPage {
  const { form } = page;
  return etag === undefined
    ? page
    : { ...page, form: { ...form, hidden: { ...form.hidden, ...more, ifMatch: etag } } };
}
