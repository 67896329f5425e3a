/** Lets two releases accept what the other one issued: every exchange, in both directions. */
import { clientId, createCalls } from './calls.ts';
import { dataExchanges, type Place } from './data.ts';
import type { Side } from './exchange.ts';
import { loginExchanges } from './logins.ts';
import { tokenExchanges } from './tokens.ts';

export interface TradePlan extends Place {
  publicUrl: string;
  operator: { username: string; password: string };
}

export interface Outcome {
  what: string;
  issuer: 'before' | 'now';
  /** Why the other release did not accept it. */
  refusal?: string;
}

export async function* trade(sides: { before: Side; now: Side }, plan: TradePlan): AsyncGenerator<Outcome> {
  const calls = createCalls(plan.operator);
  await calls.register(sides.before, {}, clientId);
  const exchanges = [
    ...tokenExchanges(calls, plan.contactCenterId),
    ...loginExchanges(calls, plan.publicUrl),
    ...dataExchanges(calls, plan),
  ];
  for (const exchange of exchanges)
    for (const [issuer, acceptor] of [['before', 'now'] as const, ['now', 'before'] as const]) {
      const outcome: Outcome = { what: exchange.what, issuer };
      try {
        await exchange.try(sides[issuer], sides[acceptor]);
      } catch (error) {
        outcome.refusal = (error as Error).message;
      }
      yield outcome;
    }
}

export function refusalsIn(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ refusal }) => refusal !== undefined)
    .map(
      ({ what, issuer, refusal }) =>
        `${what} of ${issuer === 'now' ? 'N is refused by N−1' : 'N−1 is refused by N'}: ${refusal}`,
    );
}
