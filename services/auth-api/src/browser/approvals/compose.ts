/** Composes the requests that wait for a person's approval, and the calls of the page where the person answers. */

import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { CookieParts } from '../cookies/compose.ts';
import { createPolledRequests } from '../devices/polled-requests.ts';
import type { Sessions } from '../sessions/compose.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { createAskedPeople } from './asked-people.ts';
import { createApprovalPageCalls } from './page-calls.ts';
import { approvalRoutes } from './routes.ts';
import { createApprovals } from './service.ts';
import { createUserCodes } from './user-codes.ts';

interface ApprovalDependencies {
  config: { clients: { hashConcurrency: number } };
  audit: Audit;
  clients: Clients;
  contactCenters: ContactCenters;
  cookies: CookieParts;
  sessions: Sessions;
}

export type ApprovalParts = ServicesOf<typeof composeApprovals>;

export function composeApprovals(core: Core, dependencies: ApprovalDependencies) {
  const { config, audit, clients, contactCenters, cookies, sessions } = dependencies;
  const service = createApprovals({
    store: createPolledRequests<ApprovalRequest>('backchannel', core),
    askedPeople: createAskedPeople(core),
    directory: clients.directory,
    sessions: sessions.service,
    audit: audit.writer,
    now: core.now,
  });
  const { pool: db, writer, redis, keyspace, now } = core;
  const userCodes = createUserCodes({
    db,
    writer,
    redis,
    keyspace,
    now,
    isAlone: contactCenters.subjects.isAlone,
    concurrency: config.clients.hashConcurrency,
  });
  const calls = createApprovalPageCalls({
    approvals: service,
    userCodes,
    sessions: sessions.service,
    cookies: cookies.cookies,
    audit: audit.writer,
    publicUrl: cookies.publicUrl,
  });
  const routed = { calls, pages: cookies.pages };
  return {
    services: { service, userCodes },
    mounts: [['browsers', '/auth/v3', (app) => approvalRoutes(app, routed)]],
    follows: { deletedContactCenter: userCodes.forgetContactCenter },
  } satisfies Domain;
}
