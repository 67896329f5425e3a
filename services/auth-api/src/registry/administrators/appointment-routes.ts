/** Serves `/auth/v3/ops/contact-centers/{id}/administrators`: who administers a contact centre, helps its people or audits it. */

import { emptyEnvelope, envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import {
  appointeeSchema,
  appointingSchema,
  appointmentsSchema,
} from '@gatehouse/contracts/auth-administration';
import { newAppointmentSchema } from '@gatehouse/contracts/resources';
import { label } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusalsOfOne } from '../../core/administration/refusals.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Appointments } from './appointments.ts';
import type { ListedPeople } from './routes.ts';

const tags = ['administrators'];
const params = z.object({ id: z.guid() });
const refusals = { ...refusalsOfOne, 429: errorEnvelope };

export function appointmentRoutes(
  app: App,
  {
    appointments,
    people,
    contactCenters,
  }: {
    appointments: Appointments;
    people: ListedPeople;
    contactCenters: Pick<ContactCenterService, 'find'>;
  },
): void {
  /** @throws AppError 404 also for one that the administrator does not reach, so that ids cannot be probed */
  async function placeOf(request: FastifyRequest): Promise<string> {
    const id = (request.params as { id: string }).id.toLowerCase();
    const { within } = actorOf(request);
    if ((within === undefined || within === id) && (await contactCenters.find(id)) !== undefined) return id;
    throw notFound(`There is no contact centre ${JSON.stringify(id)}`);
  }

  app.get(
    '',
    {
      schema: {
        tags,
        operationId: 'listContactCenterAdministrators',
        summary:
          'People on the list of a contact centre with their rights, in the order in which they were added',
        description:
          'People whom a mapping of groups or roles makes administrators (GATEHOUSE_AUTHORITY_MAPPING) are on no list.',
        params,
        response: { 200: envelopeOf(appointmentsSchema), ...refusals },
      },
    },
    async (request) => ok(await appointments.list(await placeOf(request))),
  );

  app.post(
    '',
    {
      schema: {
        tags,
        operationId: 'addContactCenterAdministrator',
        summary:
          'Let a person administer a contact centre, help its people or audit it, at the operator console',
        description:
          'In force on every replica within a second, for logins to this contact centre by this way. An administrator of the contact centre may do so where `administratorsAppoint` is set (otherwise 403 `appointing_not_allowed`), and nobody for themselves (403 `own_right`).',
        params,
        body: wrapped(newAppointmentSchema),
        response: { 200: envelopeOf(appointeeSchema), ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const contactCenterId = await placeOf(request);
      const { user, ...given } = request.body.data;
      const person = await people.listed({ user }, contactCenterId);
      return ok(await appointments.add({ ...person, ...given }, actorOf(request)));
    },
  );

  app.patch(
    '',
    {
      schema: {
        tags,
        operationId: 'changeContactCenterAppointing',
        summary: 'Let administrators of a contact centre change its list, or let them no more',
        params,
        body: wrapped(appointingSchema),
        response: { 200: envelopeOf(appointmentsSchema), ...refusals },
      },
    },
    async (request) => {
      const contactCenterId = await placeOf(request);
      const { administratorsAppoint } = request.body.data;
      await appointments.allow(contactCenterId, administratorsAppoint, actorOf(request));
      return ok(await appointments.list(contactCenterId));
    },
  );

  app.delete(
    '/:sub',
    {
      schema: {
        tags,
        operationId: 'removeContactCenterAdministrator',
        summary: 'Take a person off the list of a contact centre; their tokens lose the right at once',
        description:
          'In force on every replica within a second. The last administrator of the list is removed with `evenLast=true` alone (otherwise 409 `last_one`); administrators of the installation can add another one.',
        params: params.extend({ sub: label(512) }),
        querystring: z.object({ evenLast: z.enum(['true', 'false']).default('false') }),
        response: { 200: emptyEnvelope, ...refusals, 409: errorEnvelope },
      },
    },
    async (request) => {
      const contactCenterId = await placeOf(request);
      const sub = request.params.sub.toLowerCase();
      const evenLast = request.query.evenLast === 'true';
      await appointments.remove({ contactCenterId, sub, evenLast }, actorOf(request));
      return ok();
    },
  );
}
