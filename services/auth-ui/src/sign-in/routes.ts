/** Routes of `/auth/sign-in.html`: asks for the user name, then for the password or the identity provider. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import {
  type AuthScheme,
  type AuthSchemeQuestion,
  type InteractionView,
  interactionErrorSchema,
} from '@gatehouse/contracts/auth-api';
import { safeEqual } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Interactions, interactionIdSchema, type NamedLogin } from '../auth-api/interactions.ts';
import { foreignForm } from '../pages/error-page.ts';
import type { SentForm } from '../pages/language-menu.ts';
import { isFromOwnOrigin } from '../pages/same-origin.ts';
import { beginVisit, sendView, type Visit } from '../pages/visit.ts';
import { rememberApplication } from '../pages/waiting-applications.ts';
import { elsewherePage, isSsoProblem, ssoProblemPage } from './elsewhere.ts';
import { pageAfter } from './last-attempt.ts';
import { namePage, passwordPage, type Typed } from './pages.ts';

const querySchema = z.object({
  interaction: interactionIdSchema,
  /** Present after a failed attempt. Holds the reason where no interaction does. */
  error: z.string().max(64).optional(),
  /** Request id of the failed attempt, where no interaction holds it. */
  reference: z
    .string()
    .regex(/^[\w.:-]{1,128}$/)
    .optional(),
  /** For accounts that use a password where single sign-on is on. */
  scheme: z.literal('password').optional(),
  /** `name`: shows the first step, also after a failure. */
  step: z.literal('name').optional(),
  ui_locales: z.string().max(256).optional(),
});

const formSchema = z.object({
  username: z.string().max(512).default(''),
  tenant: z.string().max(255).default(''),
  interaction: interactionIdSchema,
  csrf: z.string().max(256).default(''),
  scheme: z.literal('password').optional(),
  /** `name`: back to the first step, to change what was typed. */
  step: z.literal('name').optional(),
});

export function signInRoutes(
  pages: App,
  {
    authApi,
    interactions,
    publicUrl,
  }: { authApi: AuthApiClient; interactions: Interactions; publicUrl: string },
): void {
  pages.get(
    '/sign-in.html',
    { schema: { operationId: 'showSignIn', summary: 'The sign-in page', querystring: querySchema } },
    async (request, reply) => {
      const interaction = await interactions.read(request, request.query.interaction);
      rememberApplication(request, reply, interaction, publicUrl);
      const visit = visitOf(request, reply, interaction);
      const typed = { userName: interaction?.userName ?? '', tenant: interaction?.contactCenterHint ?? '' };
      const hasFailed = interaction?.error !== undefined || request.query.error !== undefined;
      const { scheme, step, error, reference } = request.query;
      if (scheme !== undefined || step !== undefined || !hasFailed) {
        const page = { ...namePage(visit, typed), usesPassword: scheme !== undefined };
        return sendView(visit, 'sign-in-name', page);
      }
      return showAfterFailure(visit, typed, error, reference);
    },
  );

  pages.post(
    '/sign-in.html',
    {
      schema: {
        operationId: 'askForPassword',
        summary: 'First step: who signs in',
        consumes: ['application/x-www-form-urlencoded'],
        body: formSchema,
      },
    },
    async (request, reply) => {
      const { body } = request;
      const typed = { userName: body.username.trim(), tenant: body.tenant.trim() };
      const asksHow = body.step === undefined && body.scheme === undefined && typed.userName !== '';
      // The form of another site must not ask in the name of its visitor.
      const { interaction, scheme }: NamedLogin =
        asksHow && isFromOwnOrigin(request.headers, publicUrl)
          ? await interactions.readNamed(request, body.interaction, questionOf(typed))
          : { interaction: await interactions.read(request, body.interaction) };
      if (!isOwnForm(request, interaction, body.csrf, publicUrl)) throw foreignForm();
      const visit = visitOf(request, reply, interaction, body);
      if (body.step === 'name') return sendView(visit, 'sign-in-name', namePage(visit, typed));
      if (typed.userName === '')
        return askAgain(visit, typed, { userName: visit.text('field.userName.missing') });
      if (body.scheme === 'password') return sendView(visit, 'sign-in-password', passwordPage(visit, typed));
      return askHow(visit, typed, scheme);
    },
  );

  /** Asks Auth API how this user signs in, unless it is known; the answer does not reveal whether the user exists. */
  async function askHow(visit: Visit, typed: Typed, known: AuthScheme | undefined): Promise<FastifyReply> {
    const { ip, id } = visit.request;
    try {
      const scheme = known ?? (await authApi.authScheme(questionOf(typed), ip, { requestId: id }));
      if (scheme !== 'basic') return sendView(visit, 'sign-in-elsewhere', elsewherePage(visit, typed));
    } catch (error) {
      // 400: the tenant is missing and the installation has no default.
      if (!(error instanceof UpstreamError) || error.status !== 400) throw error;
      return askAgain(visit, typed, { tenant: visit.text('field.tenant.missing') });
    }
    return sendView(visit, 'sign-in-password', passwordPage(visit, typed));
  }
}

/** The script of passkeys asks Auth API. */
function visitOf(
  request: FastifyRequest,
  reply: FastifyReply,
  interaction: InteractionView | undefined,
  repeat?: SentForm,
): Visit {
  return beginVisit(request, reply, interaction, { repeat, asksOwnOrigin: interaction?.passkeys });
}

function showAfterFailure(
  visit: Visit,
  typed: Typed,
  reason: string | undefined,
  reference: string | undefined,
): FastifyReply {
  const error = visit.interaction?.error ?? interactionErrorSchema.safeParse(reason).data;
  if (error !== undefined && isSsoProblem(error))
    return sendView(visit, 'sso-problem', ssoProblemPage(visit, typed, error, reference));
  const next = pageAfter(error, visit, typed);
  if (next.step === 'name') {
    return sendView(visit, 'sign-in-name', namePage(visit, typed, next.problems, next.message));
  }
  if (next.step === 'password') {
    return sendView(visit, 'sign-in-password', passwordPage(visit, typed, next.message));
  }
  const query = visit.interaction ? `interaction=${visit.interaction.id}` : `error=${error}`;
  return visit.reply.redirect(`/auth/change-password.html?${query}`, 303);
}

function askAgain(visit: Visit, typed: Typed, problems: Parameters<typeof namePage>[2]): FastifyReply {
  visit.reply.code(400);
  return sendView(visit, 'sign-in-name', namePage(visit, typed, problems));
}

/** Browsers without Fetch Metadata send `Origin: null` from our pages; the interaction's token then decides. */
function isOwnForm(
  request: FastifyRequest,
  interaction: InteractionView | undefined,
  csrf: string,
  publicUrl: string,
): boolean {
  if (isFromOwnOrigin(request.headers, publicUrl)) return true;
  return interaction !== undefined && safeEqual(csrf, interaction.csrf);
}

function questionOf({ userName, tenant }: Typed): AuthSchemeQuestion {
  return { userName, tenant: tenant || undefined };
}
