/** Hands a user's token on from service to service, each of which exchanges it for one of its own (RFC 8693). */
import type { Call } from '../calls/call.ts';
import type { Caller } from '../calls/make.ts';
import { type Credentials, type Secret, secret } from '../calls/secret.ts';
import type { Issuer } from '../issuer.ts';
import type { ChainService } from '../options.ts';
import type { Actor, Link, Visit } from '../visit.ts';

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

interface ChainDependencies {
  issuer: Issuer;
  caller: Caller;
  client: Credentials;
  services: ChainService[];
}

export function createChain({ issuer, caller, client, services }: ChainDependencies) {
  const calls = createCalls(issuer);

  async function look(visit: Visit, holder: Credentials, token: Secret): Promise<Link> {
    return linkFrom(holder.id, await caller.make(visit.calls.chain, calls.introspection(holder, token)));
  }

  /** Builds the chain anew. */
  return async (visit: Visit): Promise<void> => {
    if (!visit.tokens) throw new Error('sign in first: a chain begins with a user’s token');
    visit.calls.chain = [];
    let token = secret('USER_TOKEN', visit.tokens.accessToken);
    const chain = [await look(visit, client, token)];
    for (const service of services) {
      const own = await caller.make(visit.calls.chain, calls.ownToken(service));
      const actor = secret(variableOf(service, 'OWN_TOKEN'), String(own['access_token']));
      const answer = await caller.make(visit.calls.chain, calls.exchange(service, token, actor));
      token = secret(variableOf(service, 'TOKEN'), String(answer['access_token']));
      chain.push(await look(visit, service, token));
    }
    visit.chain = chain;
  };
}

function createCalls({ token_endpoint: url, introspection_endpoint: introspectionUrl }: Issuer) {
  return {
    ownToken: (service: ChainService): Call => ({
      kind: 'own token',
      what: `${service.id}: a token of its own`,
      method: 'POST',
      url,
      client: service,
      form: { grant_type: 'client_credentials' },
    }),
    exchange: (service: ChainService, subject: Secret, actor: Secret): Call => ({
      kind: 'exchange',
      what: `${service.id}: exchange`,
      method: 'POST',
      url,
      client: service,
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: subject,
        subject_token_type: accessTokenType,
        actor_token: actor,
        actor_token_type: accessTokenType,
        audience: service.audience,
        scope: service.scope,
      },
    }),
    introspection: (holder: Credentials, token: Secret): Call => ({
      kind: 'introspection',
      what: `${holder.id}: what is it good for?`,
      method: 'POST',
      url: introspectionUrl,
      client: holder,
      form: { token },
    }),
  };
}

function variableOf({ id }: Credentials, name: string): string {
  return `${id.toUpperCase().replace(/\W/g, '_')}_${name}`;
}

function linkFrom(holder: string, facts: Record<string, unknown>): Link {
  return {
    holder,
    audience: [facts['aud'] ?? []].flat().map(String),
    scope: String(facts['scope'] ?? '')
      .split(' ')
      .filter(Boolean),
    subject: String(facts['sub'] ?? ''),
    act: facts['act'] as Actor | undefined,
    expiresAtMs: Number(facts['exp']) * 1000,
  };
}
