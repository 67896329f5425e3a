/** Composes the administrators: the list of the installation, those of contact centres, and the copy that tokens are compared with. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import { appointmentEntity, createAppointments } from './appointments.ts';
import { createKnownAdministrators } from './known-administrators.ts';
import { administratorEntity, createAdministratorService } from './service.ts';

export type Administrators = ServicesOf<typeof composeAdministrators>;

export function composeAdministrators(core: Core, { audit }: { audit: Audit }) {
  const { pool, changes, now, log } = core;
  const known = createKnownAdministrators({ db: pool, log });
  const options = { pool, changes, known, audit: audit.writer, now };
  const service = createAdministratorService(options);
  const appointments = createAppointments(options);
  return {
    services: { known, service, appointments },
    follows: {
      own: { [administratorEntity]: known.forget, [appointmentEntity]: known.forget },
      ownGap: known.forget,
      async deletedContactCenter(id) {
        await service.forgetContactCenter(id);
        await appointments.forgetContactCenter(id);
      },
    },
  } satisfies Domain;
}
