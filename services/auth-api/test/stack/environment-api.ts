/** A stand-in for Environment API over real HTTP: the internal endpoints that Auth API asks, and nothing else. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Problem } from '@gatehouse/contracts/answers';
import type {
  BrandingView,
  ContactCenterView,
  EnvironmentChange,
  EnvironmentView,
  SingleSignOnView,
} from '@gatehouse/contracts/environment-api';
import type { Deps } from '../../src/domains.ts';
import { createImageStandIn, type ImageStandIn } from './image-stand-in.ts';
import { createNumberStandIn } from './number-stand-in.ts';
import { createPeopleStandIn, type PeopleStandIn } from './people-stand-in.ts';

export interface EnvironmentApiStandIn {
  readonly url: string;
  readonly contactCenters: Map<string, ContactCenterView>;
  /** Those beside which another one had the same subjects once. */
  readonly formerSharers: Set<string>;
  readonly environments: Map<string, EnvironmentView>;
  /** By contact centre, whatever the location. */
  readonly signOns: Map<string, SingleSignOnView>;
  /** The answer to a plan of single sign-on, by the sent change; undefined: it is refused for its field `issuer`. */
  plan: (change: Record<string, unknown>) => SingleSignOnView | undefined;
  readonly people: PeopleStandIn;
  readonly images: ImageStandIn;
  /** Of the installation; undefined: as in the release before, there is no such endpoint. */
  installation: { version: number; branding?: BrandingView } | undefined;
  readonly changes: EnvironmentChange[];
  /** Origins of the global settings, in `GET /internal/cors`. */
  readonly origins: string[];
  /** Origins by contact centre. */
  readonly originsOf: Map<string, string[]>;
  /** Of the installation, in `GET /internal/problems`. */
  readonly problems: Problem[];
  /** Paths that were asked, with the answered status. */
  readonly asked: { path: string; status: number }[];
  /** Accepts questions and answers none. */
  hangs: boolean;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startEnvironmentApi(): Promise<EnvironmentApiStandIn> {
  const contactCenters = new Map<string, ContactCenterView>();
  const formerSharers = new Set<string>();
  const environments = new Map<string, EnvironmentView>();
  const signOns = new Map<string, SingleSignOnView>();
  const people = createPeopleStandIn();
  const images = createImageStandIn();
  const numbers = createNumberStandIn();
  const changes: EnvironmentChange[] = [];
  const origins: string[] = [];
  const originsOf = new Map<string, string[]>();
  const problems: Problem[] = [];
  const asked: { path: string; status: number }[] = [];

  const find = (url: URL): { version: number } | undefined => {
    const path = url.pathname.replace('/environment/v3/internal', '');
    const domain = url.searchParams.get('domain')?.toLowerCase();
    if (path === '/contact-centers') {
      return [...contactCenters.values()].find(({ domains }) =>
        domains.some((known) => known.toLowerCase() === domain),
      );
    }
    if (path === '/branding') return standIn.installation;
    const [, kind, id = '', part] = path.split('/');
    if (part === 'single-sign-on')
      return contactCenters.has(id) ? (signOns.get(id) ?? { version: 0 }) : undefined;
    return kind === 'environments' ? environments.get(id) : contactCenters.get(id);
  };

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (standIn.hangs) return;
    const url = new URL(request.url ?? '/', 'http://environment-api');
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      asked.push({ path: `${url.pathname}${url.search}`, status });
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(status === 304 ? undefined : JSON.stringify(body));
    };
    if (!/^Bearer .+/.test(request.headers.authorization ?? '')) return send(401, { error: 'Unauthorized' });
    if (url.pathname.endsWith('/changes')) {
      const since = Number(url.searchParams.get('since'));
      const newer = changes.filter(({ seq }) => seq > since);
      return send(200, { status: { code: 0 }, data: { changes: newer, latest: changes.length } });
    }
    if (url.pathname.endsWith('/problems')) return send(200, { status: { code: 0 }, data: { problems } });
    if (url.pathname.endsWith('/cors')) {
      const data = {
        origins: [...origins, ...[...originsOf.values()].flat()],
        global: origins,
        contactCenters: Object.fromEntries(originsOf),
      };
      return send(200, { status: { code: 0 }, data }, { etag: `"${JSON.stringify(data)}"` });
    }
    const [, environmentId] = /\/environments\/([^/]+)\/contact-centers$/.exec(url.pathname) ?? [];
    if (environmentId !== undefined) {
      const data = [...contactCenters.values()]
        .filter((one) => one.environmentId === environmentId)
        .map(({ id, subjectScope }) => ({ id, subjectScope, subjectsWereShared: formerSharers.has(id) }));
      return send(200, { status: { code: 0 }, data }, { etag: `"${JSON.stringify(data)}"` });
    }
    if (/\/single-sign-on\/(saml|oidc)-plan$/.test(url.pathname)) {
      return void json(request).then((body) => {
        const planned = standIn.plan((body as { data: Record<string, unknown> }).data);
        if (planned !== undefined) return send(200, { status: { code: 0 }, data: planned });
        const refused = { code: 400, message: 'the secret must come again', field: 'data.issuer' };
        return send(400, { status: refused, errors: [{ status: { ...refused, reason: 'missing' } }] });
      });
    }
    const picture = images.answer(request, url);
    if (picture !== undefined)
      return void picture.then(({ status, data }) =>
        send(status, { status: { code: status === 200 ? 0 : status }, data }),
      );
    const ofPeople = people.answer(request, url);
    if (ofPeople !== undefined)
      return void ofPeople.then(({ status, data }) =>
        send(status, { status: { code: status === 200 ? 0 : status }, data }),
      );
    const numbered = numbers.answer(request, url);
    if (numbered !== undefined) return void numbered.then((data) => send(200, { status: { code: 0 }, data }));
    const found = find(url);
    if (found === undefined) return send(404, { status: { code: 404 } });
    const etag = `"${found.version}"`;
    if (request.headers['if-none-match'] === etag) return send(304, undefined, { etag });
    return send(200, { status: { code: 0 }, data: found }, { etag });
  };

  let port = 0;
  let server: Server | undefined;
  const standIn: EnvironmentApiStandIn = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    contactCenters,
    formerSharers,
    environments,
    signOns,
    plan: () => undefined,
    people,
    images,
    installation: undefined,
    changes,
    origins,
    originsOf,
    problems,
    asked,
    hangs: false,
    async start() {
      const started = createServer(answer);
      await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
      port = (started.address() as AddressInfo).port;
      server = started;
    },
    async stop() {
      const stopped = server;
      server = undefined;
      stopped?.closeAllConnections();
      await new Promise<void>((resolve) => (stopped ? stopped.close(() => resolve()) : resolve()));
    },
  };
  await standIn.start();
  return standIn;
}

/** Tells the running service of a change, as Environment API does. */
export async function announceChange(
  { environmentApi, deps }: { environmentApi: EnvironmentApiStandIn; deps: Pick<Deps, 'stores'> },
  change: Omit<EnvironmentChange, 'seq'>,
): Promise<void> {
  const numbered = { ...change, seq: environmentApi.changes.length + 1 };
  environmentApi.changes.push(numbered);
  await deps.stores.redis.publish('gatehouse:changes:environment', JSON.stringify(numbered));
}
