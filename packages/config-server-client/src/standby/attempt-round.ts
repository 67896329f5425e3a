/** Tries the listed servers in turn until one accepts a connection. */

import { ConfigServerError } from '@gatehouse/people-directory';
import type { StandbyOptions } from '../client-options.ts';
import type { StandbyConnection } from '../connection/connection.ts';
import { type Endpoint, type EndpointSource, endpointName } from '../discovery/endpoint-source.ts';
import { type Clock, pause } from '../surroundings/clock.ts';
import type { Logger } from '../surroundings/log.ts';
import type { AttemptOrder } from './attempt-order.ts';
import type { EpochGuard } from './epoch-guard.ts';
import { type RefusedAccount, refusesAccount } from './refused-account.ts';

export interface AttemptOptions<C extends StandbyConnection> {
  endpoints: EndpointSource;
  open(endpoint: Endpoint, signal: AbortSignal): Promise<C>;
  options: StandbyOptions;
  /** Shared by all links to the same servers, so that none of them returns to an earlier primary. */
  epochs: EpochGuard;
  /** Shared by all links: the servers count every refusal, whichever link caused it. */
  account: RefusedAccount;
  clock: Clock;
  log: Logger;
  /** The name of the servers in logs and messages. Default: Configuration Server. */
  called?: string;
  onAttemptFailed?(endpoint: Endpoint, error: ConfigServerError): void;
}

export type Round<C> = { opened: C } | { failed: 'all' | 'no-primary' | 'account' };

/**
 * Tries each server once: the last opened one first, a pause, then the others in their order. `explain` takes in plain
 * words why there is no connection yet.
 */
export async function attemptRound<C extends StandbyConnection>(
  deps: AttemptOptions<C>,
  order: AttemptOrder,
  signal: AbortSignal,
  explain: (reason: string) => void,
): Promise<Round<C>> {
  const endpoints = order.ofRound(deps.endpoints.current());
  if (endpoints.length === 0) explain(noServerKnown(deps));
  let standbyAnswers = 0;
  for (const [index, endpoint] of endpoints.entries()) {
    if (signal.aborted) break;
    const result = await attempt(deps, endpoint, signal, explain);
    if (!(result instanceof ConfigServerError)) return { opened: result };
    if (refusesAccount(result.code)) {
      deps.account.refused(`${endpointName(endpoint)}: ${result.message}`);
      deps.log.error({ reason: deps.account.reason }, `${calledOf(deps)} refuses the service account`);
      return { failed: 'account' };
    }
    if (result.code === 'NotPrimary') standbyAnswers += 1;
    const wasLastOpened = index === 0 && order.wasLastOpened(endpoint);
    if (wasLastOpened && result.code !== 'NotPrimary' && endpoints.length > 1)
      await pause(deps.clock, deps.options.backupDelayMs, signal);
  }
  const isSwitchover = endpoints.length > 0 && standbyAnswers === endpoints.length;
  return { failed: isSwitchover ? 'no-primary' : 'all' };
}

async function attempt<C extends StandbyConnection>(
  deps: AttemptOptions<C>,
  endpoint: Endpoint,
  signal: AbortSignal,
  explain: (reason: string) => void,
): Promise<C | ConfigServerError> {
  const { open, epochs, log, onAttemptFailed } = deps;
  const name = endpointName(endpoint);
  try {
    return epochs.checked(await open(endpoint, signal));
  } catch (cause) {
    const error =
      cause instanceof ConfigServerError
        ? cause
        : new ConfigServerError('InternalError', 'the attempt failed', { endpoint: name, cause });
    if (!signal.aborted) {
      explain(`${name}: ${error.message}`);
      log.warn(
        { endpoint: name, reason: error.code, detail: error.detail, details: error.details },
        `${calledOf(deps)} attempt failed`,
      );
      onAttemptFailed?.(endpoint, error);
    }
    return error;
  }
}

type Called = { called?: string };

export function calledOf({ called = 'Configuration Server' }: Called): string {
  return called;
}

function noServerKnown(deps: Called & { endpoints: EndpointSource }): string {
  const { problem } = deps.endpoints;
  return `no ${calledOf(deps)} is known${problem === undefined ? '' : `: ${problem}`}`;
}
