/** Composes the installation administrators: the list, and the copy of it that tokens are compared with. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import { createKnownAdministrators } from './known-administrators.ts';
import { administratorEntity, createAdministratorService } from './service.ts';

export type Administrators = ServicesOf<typeof composeAdministrators>;

export function composeAdministrators(core: Core, { audit }: { audit: Audit }) {
  const { pool, changes, now, log } = core;
  const known = createKnownAdministrators({ db: pool, log });
  const service = createAdministratorService({ pool, changes, known, audit: audit.writer, now });
  return {
    services: { known, service },
    follows: {
      own: { [administratorEntity]: known.forget },
      ownGap: known.forget,
      deletedContactCenter: service.forgetContactCenter,
    },
  } satisfies Domain;
}
