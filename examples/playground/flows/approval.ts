/** Plays a call desk: asks a person who is elsewhere for approval (OpenID CIBA, poll mode). */
import { randomInt } from 'node:crypto';
import type { Caller } from '../calls/make.ts';
import { type Credentials, secret } from '../calls/secret.ts';
import type { Issuer } from '../issuer.ts';
import type { Visit } from '../visit.ts';
import { poll, startPolling } from './polling.ts';

export function createApproval(issuer: Issuer, caller: Caller, client: Credentials) {
  return {
    async begin(visit: Visit, loginHint: string): Promise<void> {
      visit.calls.approval = [];
      const message = `Ticket ${randomInt(1000, 10_000)}`;
      const answer = await caller.make(visit.calls.approval, {
        kind: 'approval start',
        what: 'The call desk asks the person',
        method: 'POST',
        url: issuer.backchannel_authentication_endpoint,
        client,
        form: { scope: 'openid profile', login_hint: loginHint, binding_message: message },
      });
      visit.approval = {
        ...startPolling(answer),
        requestId: String(answer['auth_req_id']),
        loginHint,
        message,
      };
    },

    async ask(visit: Visit): Promise<void> {
      const { approval } = visit;
      if (!approval) throw new Error('the person has not been asked yet');
      await poll(approval, caller, visit.calls.approval, {
        kind: 'approval poll',
        what: 'Has the person approved?',
        method: 'POST',
        url: issuer.token_endpoint,
        client,
        form: {
          grant_type: 'urn:openid:params:grant-type:ciba',
          auth_req_id: secret('AUTH_REQ_ID', approval.requestId),
        },
      });
    },
  };
}
