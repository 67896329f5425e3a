/** Calls a service once from inside the node, and says what it answers. */

import { attempt } from '../../../tools/programs/execute.ts';
import { parsed } from '../../harness/http.ts';
import { type Addresses, serviceOf } from '../../harness/service-http.ts';
import type { Cluster } from '../cluster.ts';
import { inNetwork } from '../node/network.ts';
import { addressesOf, operatorOf } from './addresses.ts';

export interface Reply {
  /** 0: no answer. */
  status: number;
  retryAfter: string;
  body: Record<string, unknown>;
}

interface Call {
  method?: string;
  /** NAME:SECRET */
  user?: string;
  form?: Record<string, string>;
  json?: object;
  /** As a proxy in front of the service says it. */
  forwardedFor?: string;
}

const known = new WeakMap<Cluster, Promise<Addresses>>();

/** Those of Services stay. */
function addressesOnce(cluster: Cluster): Promise<Addresses> {
  const addresses = known.get(cluster) ?? addressesOf(cluster);
  known.set(cluster, addresses);
  return addresses;
}

/** Secrets come by the standard input; the certificates of the pods have the names of their Services, not their addresses. */
export async function call(cluster: Cluster, path: string, asked: Call = {}): Promise<Reply> {
  const { method, user, form, json, forwardedFor } = asked;
  const base = (await addressesOnce(cluster))[serviceOf(path)];
  const settings = Object.entries({
    ...(method && { request: method }),
    ...(user && { user }),
    ...(form && { data: new URLSearchParams(form).toString() }),
    ...(json && { json: JSON.stringify(json) }),
    ...(forwardedFor && { header: `x-forwarded-for: ${forwardedFor}` }),
  }).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const written = '\n%{http_code} %header{retry-after}';
  const options = ['-sS', '--insecure', '--max-time', '20', '--config', '-', '--write-out', written];
  const { stdout } = await attempt(...inNetwork('curl', ...options, base + path), {
    input: settings.join('\n'),
  });
  const end = stdout.lastIndexOf('\n');
  const [status = '0', retryAfter = ''] = stdout.slice(end + 1).split(' ');
  return { status: Number(status), retryAfter, body: parsed(stdout.slice(0, end)) ?? {} };
}

/** The id of the one environment of the first login. */
export async function environmentOf(cluster: Cluster): Promise<string> {
  const { username, password } = await operatorOf(cluster);
  const { body } = await call(cluster, '/environment/v3/environments', { user: `${username}:${password}` });
  const [first] = body['data'] as { id: string }[];
  if (first === undefined) throw new Error('there is no environment');
  return first.id;
}
