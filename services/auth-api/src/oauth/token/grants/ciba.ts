/** Grants a client the tokens that a person has approved elsewhere (OpenID CIBA sections 10.1 and 11, poll mode). */
import type { Approvals } from '../../../browser/approvals/service.ts';
import { backchannelGrantType } from '../../../core/protocol/grant-types.ts';
import type { GrantHandler } from '../grant-handler.ts';
import { type PolledGrantDeps, polledGrant } from './polled-grant.ts';

export interface CibaDeps extends PolledGrantDeps {
  approvals: Pick<Approvals, 'poll'>;
}

/** The claims `auth_req_id` and `rt_hash` of an ID token are of push mode (section 10.3.1), which is not offered. */
export function cibaGrant(deps: CibaDeps): GrantHandler {
  return polledGrant(
    {
      grantType: backchannelGrantType,
      parameter: 'auth_req_id',
      name: 'auth_req_id',
      poll: deps.approvals.poll,
    },
    deps,
  );
}
