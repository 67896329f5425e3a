/** Serves `/auth/v3/second-step`: the forms of the page on which a sign-in waits, or the same as JSON. */
import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import {
  authenticationAnswerSchema,
  browserHeader,
  jsonField,
  registrationAnswerSchema,
  secondStepHeader,
  secondStepViewSchema,
} from '@gatehouse/contracts/auth-api';
import { codeKinds, freeText } from '@gatehouse/contracts/values';
import { AppError, errorEnvelope as envelopeOfError, reportError } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import { acceptFormsAndJson, flag, isJson, isSet } from '../../browser/cookies/browser-scope.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { StepAnswers } from './answers.ts';
import type { StepEnrolment } from './enrolment.ts';
import { StepFailed, type StepForm, type StepForms } from './step-forms.ts';
import { type ReadStep, stepCallSchema } from './view.ts';

/** Compared, never stored. */
const code = z.string().max(64).default('');
const name = freeText(64).default('');
const rememberDevice = flag.optional().transform(isSet);
const formSchema = z.object({ csrf: freeText(256).optional() });

export interface SecondStepRoutesDeps {
  forms: StepForms;
  answers: StepAnswers;
  enrolment: StepEnrolment;
  pages: Pages;
  /** Limits what one address begins in a minute: each of them leaves something in a store. */
  starts: AttemptLimiter;
}

export async function secondStepRoutes(app: App, deps: SecondStepRoutesDeps): Promise<void> {
  const { forms, answers, enrolment, starts } = deps;
  await acceptFormsAndJson(app);
  const form = formsOf(app, deps.pages);
  const options = optionsOf(app, starts);

  const codeFields = { kind: z.enum(codeKinds), code, rememberDevice };
  form('/code', 'answerSecondStep', 'Give a one-time code or a recovery code', codeFields, answers.code);
  options('/passkey/options', 'beginSecondStepPasskey', 'Ask for a passkey', answers.passkeyOptions);
  const passkeyFields = { answer: jsonField(authenticationAnswerSchema), rememberDevice };
  form('/passkey', 'answerSecondStepPasskey', 'Give a passkey', passkeyFields, answers.passkey);
  form('/later', 'postponeSecondStep', 'Go on without a factor, in the time of grace', {}, answers.later);
  form('/cancel', 'cancelSecondStep', 'Do not sign in', {}, forms.cancel);

  const invitation = 'Give the code of an administrator';
  form('/invitation', 'redeemFactorInvitation', invitation, { code }, enrolment.invitation);
  form('/totp', 'beginSecondStepTotp', 'Choose an app for one-time codes', {}, (browser, body) => {
    starts.reserve(browser.request.ip);
    return enrolment.totp(browser, body);
  });
  const totpFields = { id: freeText(64), code, name };
  form(
    '/totp/confirm',
    'confirmSecondStepTotp',
    'Confirm the app by a code',
    totpFields,
    enrolment.confirmTotp,
  );
  const newOptions = '/new-passkey/options';
  options(newOptions, 'beginSecondStepNewPasskey', 'Make a passkey', enrolment.newPasskeyOptions);
  const newFields = { answer: jsonField(registrationAnswerSchema), name };
  form('/new-passkey', 'addSecondStepPasskey', 'Add a passkey', newFields, enrolment.newPasskey);
  form('/done', 'finishSecondStep', 'Go on after the recovery codes were shown', {}, enrolment.done);
}

/** Adds the route of a form, which programs send as JSON. */
function formsOf(app: App, pages: Pages) {
  return <Fields extends z.ZodRawShape>(
    path: string,
    operationId: string,
    summary: string,
    fields: Fields,
    work: (browser: Browser, body: z.output<z.ZodObject<Fields>> & StepForm) => Promise<string>,
  ): void => {
    const body = formSchema.extend(fields);
    const schema = {
      operationId,
      tags: ['sign-in'],
      summary,
      description: formRule,
      body,
      response: answersOfForm,
    };
    app.post(path, { schema }, async (request, reply) => {
      try {
        const location = await work({ request, reply }, body.parse(request.body) as never);
        return isJson(request) ? reply.send(ok({ redirectUri: location })) : reply.redirect(location, 303);
      } catch (error) {
        return sendFailure(request, reply, error, pages);
      }
    });
  };
}

/** Adds the route by which the script of the page gets the options of WebAuthn. */
function optionsOf(app: App, starts: AttemptLimiter) {
  return (
    path: string,
    operationId: string,
    summary: string,
    work: (browser: Browser, form: StepForm) => Promise<object>,
  ): void => {
    const description = 'For the script of the page: the JSON form of WebAuthn, without the envelope.';
    const response = {
      200: z.looseObject({ challenge: z.string() }),
      400: errorEnvelope,
      403: errorEnvelope,
    };
    const schema = { operationId, tags: ['sign-in'], summary, description, body: formSchema, response };
    app.post(path, { schema }, async (request, reply) => {
      starts.reserve(request.ip);
      return reply.send({ ...(await work({ request, reply }, request.body)) } as never);
    });
  };
}

const formRule =
  'A form is answered by a redirect: onward, or back to the page. JSON is answered by the envelope. Needs the csrf token of the sign-in that waits.';

const answersOfForm = {
  200: envelopeOf(z.object({ redirectUri: z.string() })),
  400: errorEnvelope,
  403: errorEnvelope,
  404: errorEnvelope,
  409: errorEnvelope,
  429: errorEnvelope,
  503: errorEnvelope,
};

/** @throws errors that no page of ours shows */
function sendFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  pages: Pages,
): FastifyReply {
  const reason = error instanceof StepFailed ? error.reason : error;
  const isExpired = reason instanceof AppError && reason.name === 'second_step_expired';
  if (!(reason instanceof AppError) || !(error instanceof StepFailed || isExpired)) throw error;
  reportError(request, reply, reason);
  if (!isJson(request))
    return reply.redirect(error instanceof StepFailed ? error.location : pages.secondStep(), 303);
  return reply.code(reason.status).type('application/json; charset=utf-8').send(envelopeOfError(reason));
}

export function internalSecondStepRoutes(app: App, { readStep }: { readStep: ReadStep }): void {
  app.get(
    '/second-step',
    {
      schema: {
        operationId: 'readSecondStep',
        tags: ['internal'],
        summary: 'A sign-in that waits for its second factor, for the browser that began it',
        ...stepCallSchema,
        response: { 200: envelopeOf(secondStepViewSchema), 401: securityError, 404: errorEnvelope },
      },
    },
    async ({ headers }) => ok(await readStep(headers[secondStepHeader], headers[browserHeader])),
  );
}
