/** Shows the second factors of the person, adds and removes them, and makes new recovery codes. */
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { factorNameSchema, jsonField, registrationAnswerSchema } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { OAuthSession } from '../oauth-session/compose.ts';
import { beginVisit, sendView, type Visit } from '../pages/visit.ts';
import { codesPage, factorsPage, renamePage, results, setUpPage } from './factor-pages.ts';
import { askForSignIn } from './fresh-sign-in.ts';
import { type Own, ownOf } from './own.ts';
import { accountPages } from './tabs.ts';

interface FactorRoutesOptions {
  http: HttpClient;
  session: OAuthSession;
  now: Clock;
}

type Result = keyof typeof results;

const path = accountPages.security;
const consumes = ['application/x-www-form-urlencoded'];
const resultSchema = z.enum(Object.keys(results) as [Result, ...Result[]]);

const factorFields = { kind: z.enum(['totp', 'passkeys']), id: z.string().max(1400) };
const factorSchema = z.object(factorFields);

export function factorRoutes(pages: App, { http, session, now }: FactorRoutesOptions): void {
  pages.get(
    '/security',
    {
      schema: {
        operationId: 'showOwnFactors',
        summary: 'The second factors of the person',
        querystring: z.object({
          result: resultSchema.optional().catch(undefined),
          name: factorNameSchema.optional().catch(undefined),
        }),
      },
    },
    async (request, reply) => {
      const own = await ownOf(http, request).factors();
      // The script asks this origin for the options of a passkey.
      const visit = beginVisit(request, reply, undefined, { asksOwnOrigin: true });
      return sendView(visit, 'account-security', factorsPage(visit, own, now(), request.query));
    },
  );

  pages.get(
    '/security/rename',
    {
      schema: {
        operationId: 'showRenameOwnFactor',
        summary: 'Asks what to call a factor',
        querystring: factorSchema,
      },
    },
    async (request, reply) => {
      const { kind, id } = request.query;
      const { passkeys, apps, stepUp } = await ownOf(http, request).factors();
      const factor = (kind === 'totp' ? apps : passkeys).find((one) => one.id === id);
      // Another window has removed it, or the sign-in became too old.
      if (factor === undefined || !stepUp.met) return reply.redirect(path, 303);
      const visit = beginVisit(request, reply);
      return sendView(visit, 'account-rename', renamePage(visit, { kind, id, name: factor.name }));
    },
  );

  pages.get(
    '/security/confirm',
    { schema: { operationId: 'confirmForFactors', summary: 'A sign-in that is good enough for a change' } },
    async (request, reply) => {
      const { level, maxAgeSeconds } = (await ownOf(http, request).factors()).stepUp;
      return session.signInAgain(request, reply, { to: path, level, maxAgeSeconds });
    },
  );

  pages.post(
    '/security/passkeys/options',
    {
      schema: {
        operationId: 'beginOwnPasskey',
        summary: 'What the browser needs to make a passkey',
        consumes,
      },
    },
    async (request, reply) => reply.send(await ownOf(http, request).passkeyOptions()),
  );

  changeRoutes(pages, { http, session });
}

/** A form resolves to what it did, or to its answer. */
type Work<Body> = (own: Own, body: Body, visit: Visit) => Promise<Result | FastifyReply>;

function changeRoutes(pages: App, { http, session }: Omit<FactorRoutesOptions, 'now'>): void {
  const form = <Fields extends z.ZodRawShape>(
    at: string,
    operationId: string,
    summary: string,
    fields: Fields,
    work: Work<z.output<z.ZodObject<Fields>>>,
  ): void => {
    const body = z.object(fields);
    pages.post(at, { schema: { operationId, summary, consumes, body } }, async (request, reply) => {
      try {
        const visit = beginVisit(request, reply);
        const done = await work(ownOf(http, request), request.body as z.output<typeof body>, visit);
        return typeof done === 'string' ? reply.redirect(`${path}?result=${done}`, 303) : done;
      } catch (error) {
        return reply.redirect(afterRefusal(error), 303);
      }
    });
  };

  form(
    '/security/app',
    'beginOwnApp',
    'Makes the secret of an app for codes',
    {},
    async (own, _body, visit) => {
      const app = await own.beginApp(visit.text('secondStep.enrol.app'));
      return sendView(visit, 'account-set-up', setUpPage(visit, app));
    },
  );

  const confirmed = {
    id: z.uuid(),
    code: z.string().max(64),
    secret: z.string().max(128),
    uri: z.string().max(1024).startsWith('otpauth://'),
  };
  form(
    '/security/app/confirm',
    'confirmOwnApp',
    'Adds the app by its first code',
    confirmed,
    async (own, body, visit) => {
      const { id, code, ...shown } = body;
      const added = await own.confirmApp(id, code);
      return added === 'wrong'
        ? sendView(visit, 'account-set-up', setUpPage(visit, { id, ...shown }, true))
        : codesOr(visit, added.recoveryCodes, 'added');
    },
  );

  const made = {
    name: z.string().max(64).default(''),
    answer: z.literal('').or(jsonField(registrationAnswerSchema)),
  };
  form(
    '/security/passkeys',
    'addOwnPasskey',
    'Adds a passkey',
    made,
    async (own, { name, answer }, visit) => {
      if (answer !== '')
        return codesOr(visit, (await own.addPasskey({ name, answer })).recoveryCodes, 'added');
      // The sign-in was not good enough for the options. After a better one, the form is there again with the name.
      const { met, level } = (await own.factors()).stepUp;
      return met
        ? visit.reply.redirect(`${path}?${new URLSearchParams({ name })}`, 303)
        : askForSignIn(session, visit, level);
    },
  );

  const named = { ...factorFields, name: z.string().max(64) };
  form('/security/rename', 'renameOwnFactor', 'Calls a factor something else', named, async (own, body) => {
    await own.renameFactor(body);
    return 'renamed';
  });

  form('/security/remove', 'removeOwnFactor', 'Removes a factor', factorFields, async (own, body) => {
    await own.removeFactor(body);
    return 'removed';
  });

  const codes = 'Makes new recovery codes';
  form('/security/recovery-codes', 'makeOwnRecoveryCodes', codes, {}, async (own, _body, visit) =>
    codesOr(visit, await own.makeRecoveryCodes(), 'added'),
  );

  const device = { device: z.uuid().optional() };
  form('/security/devices/end', 'endOwnDevice', 'Asks for the factor again', device, async (own, body) => {
    await own.endDevice(body.device);
    return 'ended';
  });
}

/** Codes that were made are shown once. */
async function codesOr(visit: Visit, codes: readonly string[] | undefined, result: Result) {
  return codes === undefined ? result : sendView(visit, 'account-codes', codesPage(visit, codes));
}

/** @throws errors that say nothing of the change, and those that a better sign-in answers */
function afterRefusal(error: unknown): string {
  const status = error instanceof UpstreamError ? error.status : undefined;
  if (status === 409) return `${path}?result=${'kept' satisfies Result}`;
  if (status === 400 || status === 403 || status === 429)
    return `${path}?result=${'refused' satisfies Result}`;
  throw error;
}
