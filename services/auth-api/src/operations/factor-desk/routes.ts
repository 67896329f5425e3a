/** Serves `/auth/v3/ops/people/factors`: administrators look at the second factors of a person, reset them, and invite the person. */
import { envelopeOf, errorEnvelope } from '@gatehouse/contracts/answers';
import {
  endedDevicesSchema,
  endedFactorsSchema,
  factorInvitationSchema,
  factorOrderBodySchema,
  factorsOfPersonSchema,
  personFields,
} from '@gatehouse/contracts/auth-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { createFactorDesk } from './service.ts';
import type { createShownFactors } from './shown.ts';

const tags = ['help desk'];

// Strict: a misspelt parameter would end more than was meant.
const personQuery = z.strictObject(personFields);
const deviceQuery = z.strictObject({
  ...personFields,
  device: z.uuid().optional().describe('Only this one.'),
});

export function factorRoutes(
  app: App,
  {
    show,
    factorDesk,
  }: {
    show: ReturnType<typeof createShownFactors>;
    factorDesk: ReturnType<typeof createFactorDesk>;
  },
): void {
  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listFactorsOfPerson',
        summary: 'The second factors of a person, the remembered browsers, and what happened to them',
        description:
          'In one contact centre: of a `sub`, where the person last signed in. No secret is in the answer.',
        querystring: personQuery,
        response: { 200: envelopeOf(factorsOfPersonSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await show(request.query, actorOf(request))),
  );

  app.post(
    '/reset',
    {
      schema: {
        tags,
        operationId: 'resetFactorsOfPerson',
        summary: 'Take every second factor of a person away, and end the sessions and remembered browsers',
        description:
          'The password stays. Receivers of shared signals hear `credential-change` and `session-revoked`. May be repeated. The person adds a factor in the time of grace, by an invitation, or after a sign-in at the identity provider.',
        body: factorOrderBodySchema,
        response: { 200: envelopeOf(endedFactorsSchema), ...refusalsOfOne },
      },
    },
    async (request) => ok(await factorDesk.reset(request.body.data, actorOf(request))),
  );

  app.post(
    '/invitation',
    {
      schema: {
        tags,
        operationId: 'inviteToFactor',
        summary: 'Make the code by which a person adds a first factor: one use, ten minutes',
        description:
          'It takes the place of the code before. Tell it to the person yourself; it counts after the password alone, and for nobody else.',
        body: factorOrderBodySchema,
        response: { 200: envelopeOf(factorInvitationSchema), ...refusalsOfOne, 409: errorEnvelope },
      },
    },
    async (request) => ok(await factorDesk.invite(request.body.data, actorOf(request))),
  );

  app.delete(
    '/devices',
    {
      schema: {
        tags,
        operationId: 'endRememberedDevices',
        summary: 'End the browsers in which no second factor is asked for, or one of them',
        querystring: deviceQuery,
        response: { 200: envelopeOf(endedDevicesSchema), ...refusalsOfOne },
      },
    },
    async (request) => {
      const { device, ...named } = request.query;
      return ok(await factorDesk.endDevices(named, device, actorOf(request)));
    },
  );
}
