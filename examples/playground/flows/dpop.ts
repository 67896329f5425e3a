/** Signs in with tokens that are bound to a key of this application (RFC 9449), and lets a thief try them. */
import type { Call } from '../calls/call.ts';
import type { Caller } from '../calls/make.ts';
import { createProofKey, makeProof, type ProofKey } from '../calls/proof-key.ts';
import { type Credentials, secret } from '../calls/secret.ts';
import type { Issuer } from '../issuer.ts';
import type { Visit } from '../visit.ts';
import { beginCodeRequest, redeemCall, requestParameters } from './code-request.ts';

interface DpopDependencies {
  issuer: Issuer;
  caller: Caller;
  client: Credentials;
  url: string;
}

export function createDpop({ issuer, caller, client, url }: DpopDependencies) {
  const { userinfo_endpoint: userinfo } = issuer;

  const askWith = (what: string, token: NonNullable<Call['token']>, key?: ProofKey): Call => ({
    kind: 'userinfo',
    what,
    method: 'GET',
    url: userinfo,
    client,
    token,
    ...(key && { key }),
  });

  return {
    /** Makes the key; returns where to send the browser. */
    async begin(visit: Visit): Promise<string> {
      const key = await createProofKey('DPOP_KEY');
      const request = beginCodeRequest(`${url}/dpop/callback`);
      visit.dpop = { key, request, refusals: [] };
      visit.calls.dpop = [];
      const parameters = {
        ...requestParameters(request, client, 'openid profile'),
        dpop_jkt: key.thumbprint,
      };
      return `${issuer.authorization_endpoint}?${new URLSearchParams(parameters)}`;
    },

    async arrive(visit: Visit, query: Record<string, string>): Promise<void> {
      const { dpop } = visit;
      if (!dpop?.request || query['state'] !== dpop.request.state)
        throw new Error('this answer belongs to another sign-in');
      const { request, key } = dpop;
      delete dpop.request;
      const { code = '', state = '', iss = '', error, error_description: description } = query;
      if (error !== undefined) throw new Error(description ?? error);
      // RFC 9207: an answer of another server must not be redeemed at this one.
      if (iss !== issuer.issuer) throw new Error(`the answer comes from ${iss}`);
      const arrival = { code: secret('CODE', code), state: secret('STATE', state), iss };
      const answer = await caller.make(visit.calls.dpop, {
        ...redeemCall(issuer, client, request, code, arrival),
        key,
      });
      const accessToken = String(answer['access_token']);
      const token = secret('ACCESS_TOKEN', accessToken);
      await caller.make(
        visit.calls.dpop,
        askWith('UserInfo, with a proof', { scheme: 'DPoP', secret: token }, key),
      );
      const facts = await caller.make(visit.calls.dpop, {
        kind: 'introspection',
        what: 'Which key is it bound to?',
        method: 'POST',
        url: issuer.introspection_endpoint,
        client,
        form: { token },
      });
      dpop.token = {
        value: accessToken,
        type: String(answer['token_type']),
        boundTo: String((facts['cnf'] as { jkt?: string } | undefined)?.jkt),
        proof: makeProof(key, 'GET', userinfo, accessToken),
      };
    },

    /** Somebody has read the token in a log: they have no key, or one of their own. */
    async steal(visit: Visit): Promise<void> {
      const { dpop } = visit;
      if (!dpop?.token) throw new Error('there is no token to steal');
      const stolen = secret('STOLEN_TOKEN', dpop.token.value);
      const attempts = [
        askWith('The thief, without a proof', { scheme: 'Bearer', secret: stolen }),
        askWith(
          'The thief, with a key of their own',
          { scheme: 'DPoP', secret: stolen },
          await createProofKey('THIEF_KEY'),
        ),
      ];
      dpop.refusals = [];
      for (const call of attempts) {
        const { status, answer } = await caller.try(visit.calls.dpop, call);
        const words = `${answer['error'] ?? 'let through'}: ${answer['error_description'] ?? ''}`;
        dpop.refusals.push({ attempt: call.what, status, error: words });
      }
    },
  };
}
