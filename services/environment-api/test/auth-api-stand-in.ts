/** A real HTTP server that answers `POST /auth/v3/oauth/introspect` for the tokens a test gives out. */
import {
  type AdministratorPlaceQuestion,
  contactCenterEndsPath,
  type ForwardedDocuments,
  type ForwardedPlan,
  forwardedDocumentsPath,
  forwardedManagedPath,
  type forwardedManagedSchema,
  type IntrospectionActive,
} from '@gatehouse/contracts/auth-api';
import type { ContactCenterRight } from '@gatehouse/contracts/values';
import { randomToken } from '@gatehouse/service-kit/crypto';
import Fastify from 'fastify';
import type { z } from 'zod';

type ForwardedManaged = z.output<typeof forwardedManagedSchema>;

export interface AuthApiStandIn {
  readonly url: string;
  /** Introspections asked for so far. */
  readonly asked: number;
  /** Authorization headers of these. */
  readonly authorizations: readonly string[];
  /** A new token; returns the Authorization header that carries it. */
  token(fields?: Partial<IntrospectionActive>): string;
  revoke(authorization: string): void;
  /** Gives the token other facts. */
  change(authorization: string, fields: Partial<IntrospectionActive>): void;
  /** Installation administrators, by contact centre and number. */
  readonly administrators: { contactCenterId: string; dbid: number }[];
  /** Contact centres whose people were to hold nothing any more. */
  readonly ended: string[];
  /** Rights of the lists of contact centres. */
  readonly appointed: { contactCenterId: string; dbid: number; rights: ContactCenterRight[] }[];
  /** Groups of people stores that give a right at the console. */
  readonly mappedGroups: string[];
  /** Documents that it was sent, the dry runs included. */
  readonly forwarded: ForwardedDocuments[];
  /** Documents of what it has. */
  readonly listed: ForwardedDocuments['documents'];
  /** What documents keep there, from now on. */
  keep(managed: ForwardedManaged): void;
  /** What it plans for them, from now on. */
  planForwarded(plan: (sent: ForwardedDocuments) => ForwardedPlan): void;
  /** What it answers instead, from now on. */
  failWith(status: number | undefined): void;
  /** The same to the question where administrators sign in, and to no other one. */
  failPlacesWith(status: number | undefined): void;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export async function startAuthApi(): Promise<AuthApiStandIn> {
  const tokens = new Map<string, IntrospectionActive>();
  const authorizations: string[] = [];
  let failure: number | undefined;
  let placesFailure: number | undefined;
  const app = Fastify({ forceCloseConnections: true });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  );
  app.post('/auth/v3/oauth/introspect', async (request, reply) => {
    authorizations.push(request.headers.authorization ?? '');
    if (failure !== undefined) return reply.code(failure).send({ error: 'invalid_client' });
    return tokens.get((request.body as URLSearchParams).get('token') ?? '') ?? { active: false };
  });
  const administrators: AuthApiStandIn['administrators'] = [];
  const appointed: AuthApiStandIn['appointed'] = [];
  const mappedGroups: string[] = [];
  app.post('/auth/v3/internal/administrator-places', async (request, reply) => {
    const status = failure ?? placesFailure;
    if (status !== undefined) return reply.code(status).send({});
    const { contactCenterId, dbid } = (request.body as { data: AdministratorPlaceQuestion }).data;
    const there = administrators.filter((one) => one.contactCenterId === contactCenterId);
    const data = {
      hasAdministrators: there.length > 0,
      isAdministrator: there.some((one) => one.dbid === dbid),
      hasList: appointed.some((one) => one.contactCenterId === contactCenterId),
      groups: mappedGroups,
      rights:
        appointed.find((one) => one.contactCenterId === contactCenterId && one.dbid === dbid)?.rights ?? [],
    };
    return { status: { code: 0 }, data };
  });
  const ended: string[] = [];
  app.post(contactCenterEndsPath, async (request, reply) => {
    if (placesFailure !== undefined) return reply.code(placesFailure).send({});
    ended.push((request.body as { data: { contactCenterId: string } }).data.contactCenterId);
    return { status: { code: 0 } };
  });
  const forwarded: ForwardedDocuments[] = [];
  const listed: ForwardedDocuments['documents'] = [];
  let planOf = ({ documents }: ForwardedDocuments): ForwardedPlan => ({
    changes: [],
    nothing: documents.length,
  });
  let kept: ForwardedManaged = [];
  app.get(forwardedManagedPath, async () => ({ status: { code: 0 }, data: kept }));
  app.get(forwardedDocumentsPath, async () => ({ status: { code: 0 }, data: listed }));
  app.post(forwardedDocumentsPath, { bodyLimit: 64 * 1024 * 1024 }, async (request, reply) => {
    if (placesFailure !== undefined) return reply.code(placesFailure).send({});
    const { data } = request.body as { data: ForwardedDocuments };
    forwarded.push(data);
    return { status: { code: 0 }, data: planOf(data) };
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    get asked() {
      return authorizations.length;
    },
    authorizations,
    administrators,
    appointed,
    ended,
    mappedGroups,
    forwarded,
    listed,
    keep(managed) {
      kept = managed;
    },
    planForwarded(plan) {
      planOf = plan;
    },
    token(fields = {}) {
      const token = randomToken();
      tokens.set(token, { ...clientToken(), ...fields });
      return `Bearer ${token}`;
    },
    revoke(authorization) {
      tokens.delete(authorization.slice('Bearer '.length));
    },
    change(authorization, fields) {
      const token = authorization.slice('Bearer '.length);
      tokens.set(token, { ...clientToken(), ...tokens.get(token), ...fields });
    },
    failWith(status) {
      failure = status;
    },
    failPlacesWith(status) {
      placesFailure = status;
    },
    stop: () => app.close(),
    close: () => app.close(),
  };
}

/** A client that may do nothing. */
function clientToken(): IntrospectionActive {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    active: true,
    scope: '*',
    client_id: 'some-client',
    sub: 'some-client',
    token_type: 'bearer',
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    iss: 'https://login.example.com/auth/v3',
    grant_type: 'client_credentials',
    authorities: [],
    contact_center_ids: [],
    internal_client: false,
  };
}
