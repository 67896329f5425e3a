/** Serves `/auth/v3/auth-scheme`: tells which step follows the user name, on the internal listener for Auth UI. */

import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import {
  authSchemeAnswerSchema,
  authSchemeQuestionSchema,
  browserHeader,
  namedLoginSchema,
} from '@gatehouse/contracts/auth-api';
import { type App, nameNobody, ok } from '@gatehouse/service-kit/http';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { FastifyRequest } from 'fastify';
import { acceptFormsAndJson } from '../../browser/cookies/browser-scope.ts';
import { interactionCallSchema, type ReadView } from '../../browser/interactions/view.ts';
import type { Schemes } from './scheme.ts';

export interface AuthSchemeRoutesDeps {
  schemes: Schemes;
  /** Bounds the questions of one address: some of them are passed on to a Configuration Server. */
  schemeQuestions: AttemptLimiter;
  /** Address of the person who asks. */
  visitorOf(request: FastifyRequest): string | Promise<string>;
  /** Auth UI asks, for everybody. */
  isInternal?: boolean;
}

export async function authSchemeRoutes(
  app: App,
  { schemes, schemeQuestions, visitorOf, isInternal = false }: AuthSchemeRoutesDeps,
): Promise<void> {
  await acceptFormsAndJson(app);

  app.route({
    method: 'POST',
    url: '/auth-scheme',
    schema: {
      operationId: isInternal ? 'authSchemeForVisitor' : 'authScheme',
      tags: [isInternal ? 'internal' : 'sign-in'],
      summary: 'How the user of a tenant proves who they are',
      description: 'Tells nothing about whether the user or the tenant exists.',
      body: authSchemeQuestionSchema,
      response: {
        200: envelopeOf(authSchemeAnswerSchema),
        400: errorEnvelope,
        429: errorEnvelope,
        503: errorEnvelope,
      },
    },
    handler: async (request) => {
      schemeQuestions.reserve(await visitorOf(request));
      const scheme = await schemes.of(request.body);
      nameNobody(request);
      return ok({ scheme });
    },
  });
}

/** For Auth UI: both questions of its second page in one call. Call it in the scope of `authSchemeRoutes`, which unwraps bodies. */
export function namedLoginRoutes(
  app: App,
  {
    readView,
    schemes,
    schemeQuestions,
    visitorOf,
  }: Pick<AuthSchemeRoutesDeps, 'schemes' | 'schemeQuestions' | 'visitorOf'> & { readView: ReadView },
): void {
  app.post(
    '/interactions/:id',
    {
      schema: {
        operationId: 'readNamedLogin',
        tags: ['internal'],
        summary:
          'A pending login, for the browser that started it, and how the person whom its form names signs in',
        ...interactionCallSchema,
        body: authSchemeQuestionSchema,
        response: {
          200: envelopeOf(namedLoginSchema),
          401: securityError,
          403: errorEnvelope,
          404: errorEnvelope,
          429: errorEnvelope,
          503: errorEnvelope,
        },
      },
    },
    async (request) => {
      const { params, headers, body } = request;
      const interaction = await readView(params.id, headers[browserHeader], schemes.tenantOf(body));
      schemeQuestions.reserve(await visitorOf(request));
      return ok({ interaction, scheme: await schemes.of(request.body) });
    },
  );
}
