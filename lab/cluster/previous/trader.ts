/** The process that lets two releases exchange what they issue: runs in the network of the node and prints each outcome. */
import { prepare } from '../load/prepare.ts';
import { type Addresses, createServiceHttp } from '../load/service-http.ts';
import { trade } from './exchanges/trade.ts';

export interface TraderPlan {
  publicUrl: string;
  operator: { username: string; password: string };
  configServer: { address: string; port: number };
  before: Addresses;
  now: Addresses;
}

const plan = JSON.parse(process.argv[2] ?? '') as TraderPlan;
const side = (addresses: Addresses) => ({ addresses, http: createServiceHttp(addresses) });
const sides = { before: side(plan.before), now: side(plan.now) };
const contactCenterId = await prepare({ ...plan, http: sides.before.http });
for await (const outcome of trade(sides, { ...plan, contactCenterId })) console.log(JSON.stringify(outcome));
process.exit();
