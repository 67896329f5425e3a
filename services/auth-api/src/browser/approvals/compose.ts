/** Composes the requests that wait for a person's approval, and the calls of the page where the person answers. */
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { CookieParts } from '../cookies/compose.ts';
import { createPolledRequests } from '../devices/polled-requests.ts';
import type { Sessions } from '../sessions/compose.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { createAskedPeople } from './asked-people.ts';
import { type ApprovalEntrance, createApprovalPageCalls } from './page-calls.ts';
import { approvalRoutes } from './routes.ts';
import { createApprovals } from './service.ts';
import { createUserCodes } from './user-codes.ts';

interface ApprovalDependencies {
  config: Pick<Config, 'approvals' | 'clients'>;
  accounts: AccountParts;
  audit: Audit;
  clients: Clients;
  contactCenters: ContactCenters;
  cookies: CookieParts;
  sessions: Sessions;
  secondStep: { entrance: ApprovalEntrance };
}

export type ApprovalParts = ServicesOf<typeof composeApprovals>;

export function composeApprovals(core: Core, dependencies: ApprovalDependencies) {
  const { pool: db, writer, redis, keyspace, now } = core;
  const { writer: audit } = dependencies.audit;
  const { admission } = dependencies.accounts;
  const { directory } = dependencies.clients;
  const { isAlone } = dependencies.contactCenters.subjects;
  const { cookies, pages, publicUrl } = dependencies.cookies;
  const { service: sessions } = dependencies.sessions;
  const { hashConcurrency: concurrency } = dependencies.config.clients;
  const store = createPolledRequests<ApprovalRequest>('backchannel', core);
  const askedPeople = createAskedPeople({ ...core, limits: dependencies.config.approvals });
  const approvals = createApprovals({
    store,
    askedPeople,
    directory,
    sessions,
    admission,
    audit,
    now,
  });
  const userCodes = createUserCodes({ db, writer, redis, keyspace, now, isAlone, concurrency });
  const calls = createApprovalPageCalls({
    approvals,
    userCodes,
    sessions,
    admission,
    entrance: dependencies.secondStep.entrance,
    pages,
    cookies,
    audit,
    publicUrl,
  });
  return {
    services: { service: approvals, userCodes },
    mounts: [['browsers', '/auth/v3', (app) => approvalRoutes(app, { calls })]],
    follows: { deletedContactCenter: userCodes.forgetContactCenter },
  } satisfies Domain;
}
