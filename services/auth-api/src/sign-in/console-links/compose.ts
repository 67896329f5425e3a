/** Composes the links by which the operator signs in to the console. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { consoleLinkRoutes } from './routes.ts';
import { createConsoleLinks } from './service.ts';
import { createConsoleLinkStore } from './store.ts';

export type ConsoleLinkParts = ServicesOf<typeof composeConsoleLinks>;

export function composeConsoleLinks(
  { redis, keyspace, publicUrl, now }: Core,
  { audit, revocation, tokens }: { audit: Audit; revocation: RevocationParts; tokens: Tokens },
) {
  const consoleLinks = createConsoleLinks({
    store: createConsoleLinkStore(redis, keyspace),
    account: tokens.operatorAccount,
    revocations: revocation.revocations,
    audit: audit.writer,
    refused: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
    publicUrl,
    now,
  });
  return {
    services: { service: consoleLinks },
    mounts: [['operators', '/auth/v3/ops/console-links', (app) => consoleLinkRoutes(app, { consoleLinks })]],
  } satisfies Domain;
}
