/** The process that lets two releases exchange what they issue: runs in the network of the node and prints each outcome. */
import { prepare } from '../load/prepare.ts';
import { type Addresses, createServiceHttp } from '../load/service-http.ts';
import { clientId, createCalls } from './exchanges/calls.ts';
import { dataExchanges } from './exchanges/data.ts';
import { loginExchanges } from './exchanges/logins.ts';
import { tokenExchanges } from './exchanges/tokens.ts';

export interface TraderPlan {
  publicUrl: string;
  operator: { username: string; password: string };
  configServer: { address: string; port: number };
  before: Addresses;
  now: Addresses;
}

/** One line of the output. */
export interface Outcome {
  what: string;
  issuer: 'before' | 'now';
  /** Why the other release did not accept it. */
  refusal?: string;
}

const plan = JSON.parse(process.argv[2] ?? '') as TraderPlan;
const side = (addresses: Addresses) => ({ addresses, http: createServiceHttp(addresses) });
const sides = { before: side(plan.before), now: side(plan.now) };
const contactCenterId = await prepare({ ...plan, http: sides.before.http });
const calls = createCalls(plan.operator);
await calls.register(sides.before, {}, clientId);
const exchanges = [
  ...tokenExchanges(calls, contactCenterId),
  ...loginExchanges(calls, plan.publicUrl),
  ...dataExchanges(calls, { ...plan, contactCenterId }),
];
for (const exchange of exchanges)
  for (const [issuer, acceptor] of [['before', 'now'] as const, ['now', 'before'] as const]) {
    const outcome: Outcome = { what: exchange.what, issuer };
    try {
      await exchange.try(sides[issuer], sides[acceptor]);
    } catch (error) {
      outcome.refusal = (error as Error).message;
    }
    console.log(JSON.stringify(outcome));
  }
process.exit();
