/** Serves what the help desk asks and ends, below `/auth/v3/ops`: sessions, revocations, obstacles of a sign-in. */

import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import {
  clearedDelaysSchema,
  clientDiagnosisSchema,
  endedSessionsSchema,
  personFields,
  revocationBodySchema,
  revocationSchema,
  sessionsOfPersonSchema,
  signInExplanationSchema,
} from '@gatehouse/contracts/auth-administration';
import { label } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import { clientParamsSchema } from '../../registry/clients/validation/schemas.ts';
import type { createClientDiagnoses } from './client-diagnosis.ts';
import type { createExplanations } from './explanation.ts';
import type { createOrderedRevocations } from './revocations.ts';
import type { createHeldSessions } from './sessions.ts';
import type { createUnlocks } from './unlocks.ts';

const tags = ['help desk'];

// Strict: a misspelt parameter would end more than was meant.
const personQuery = z.strictObject(personFields);
const explanationQuery = z.strictObject({
  ...personFields,
  correlationId: label(512)
    .optional()
    .describe('Of one request: the id that its error page showed. The explanation says why it was refused.'),
  client: label(512)
    .optional()
    .describe(
      'Id of an application that the person signs in to: the second factor that it requires counts, too.',
    ),
});
const endQuery = z.strictObject({
  ...personFields,
  session: z.uuid().optional().describe('Only this one, with its tokens.'),
});

interface HelpDeskRouteOptions {
  sessions: ReturnType<typeof createHeldSessions>;
  revocations: ReturnType<typeof createOrderedRevocations>;
  explanations: ReturnType<typeof createExplanations>;
  unlocks: ReturnType<typeof createUnlocks>;
  clientDiagnoses: ReturnType<typeof createClientDiagnoses>;
}

export function helpDeskRoutes(app: App, options: HelpDeskRouteOptions): void {
  endingRoutes(app, options);
  explainingRoutes(app, options);
}

/** Shows and ends what somebody holds. */
function endingRoutes(app: App, { sessions, revocations }: HelpDeskRouteOptions): void {
  app.get(
    '/sessions',
    {
      schema: {
        tags,
        operationId: 'listSessionsOfPerson',
        summary: 'Where a person is signed in, newest first',
        querystring: personQuery,
        response: { 200: envelopeOf(sessionsOfPersonSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await sessions.list(request.query, actorOf(request))),
  );

  app.delete(
    '/sessions',
    {
      schema: {
        tags,
        operationId: 'endSessionsOfPerson',
        summary: 'End every session and token of a person, or one session with its tokens',
        description: 'In force on every replica within a second. May be repeated.',
        querystring: endQuery,
        response: { 200: envelopeOf(endedSessionsSchema), ...refusalsOfOne },
      },
    },
    async (request) => {
      const { session, ...named } = request.query;
      const actor = actorOf(request);
      return ok(
        await (session === undefined
          ? sessions.endAll(named, actor)
          : sessions.endOne(named, session, actor)),
      );
    },
  );

  app.post(
    '/revocations',
    {
      schema: {
        tags,
        operationId: 'revokeAccess',
        summary: 'Revoke what a client, a person or a contact centre holds, or show what would end',
        description:
          'In force on every replica within a second. May be repeated. It locks nobody out: who may sign in or fetch tokens may do so again.',
        body: revocationBodySchema,
        response: { 200: envelopeOf(revocationSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await revocations.revoke(request.body.data, actorOf(request))),
  );
}

/** Says why a person or a client is refused, and lifts the delays of a person. */
function explainingRoutes(app: App, { explanations, unlocks, clientDiagnoses }: HelpDeskRouteOptions): void {
  app.get(
    '/people/explanation',
    {
      schema: {
        tags,
        operationId: 'explainSignIn',
        summary: 'Why a person cannot sign in',
        querystring: explanationQuery,
        response: { 200: envelopeOf(signInExplanationSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await explanations.explain(request.query, actorOf(request))),
  );

  app.delete(
    '/people/delays',
    {
      schema: {
        tags,
        operationId: 'clearDelays',
        summary: 'Forget the wrong passwords of a person, so that nobody has to wait for us',
        description:
          'At most three times within an hour for an account. What the directory has counted it goes on counting, and an account that it has locked stays locked there.',
        querystring: personQuery,
        response: { 200: envelopeOf(clearedDelaysSchema), ...refusalsOfOne, 429: errorEnvelope },
      },
    },
    async (request) => ok(await unlocks.unlock(request.query, actorOf(request))),
  );

  app.get(
    '/clients/:client_id/diagnosis',
    {
      schema: {
        tags,
        operationId: 'diagnoseClient',
        summary: 'What the registration of a client lacks, and why its last requests were refused',
        params: clientParamsSchema,
        response: { 200: envelopeOf(clientDiagnosisSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await clientDiagnoses.diagnose(request.params.client_id, actorOf(request))),
  );
}
