/** Composes the installation administrators: the list, and the copy of it that tokens are compared with. */
import type { Audit } from '../audit/compose.ts';
import type { Core } from '../core.ts';
import { createKnownAdministrators } from './known-administrators.ts';
import { createAdministratorService } from './service.ts';

export type Administrators = ReturnType<typeof composeAdministrators>;

export function composeAdministrators(core: Core, { audit }: { audit: Audit }) {
  const { pool, changes, now, log } = core;
  const known = createKnownAdministrators({ db: pool, log });
  return {
    known,
    service: createAdministratorService({ pool, changes, known, audit: audit.writer, now }),
  };
}
