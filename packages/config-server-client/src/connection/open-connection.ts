/** Opens a connection to one endpoint and registers the service account. */
import os from 'node:os';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { AddpOptions, TlsOptions } from '../client-options.ts';
import { type Endpoint, endpointName } from '../discovery/endpoint-source.ts';
import type { Clock } from '../surroundings/clock.ts';
import type { Logger } from '../surroundings/log.ts';
import type { ConnectionMetrics } from '../surroundings/metrics.ts';
import type { MessageBody } from '../wire/message.ts';
import { protocolVersion } from '../wire/ocp/frame.ts';
import { defaultWireLimits, type WireProtocol } from '../wire/wire-protocol.ts';
import { expectOne } from './answers.ts';
import { Channel } from './channel.ts';
import { Connection } from './connection.ts';
import { dial } from './dial.ts';
import { WorkBudget } from './work-budget.ts';

export interface OpenConnectionOptions {
  account: ServiceAccount;
  tls: TlsOptions | (() => TlsOptions) | undefined;
  allowPlaintext: boolean;
  addp: AddpOptions;
  wire: WireProtocol;
  windowSize: number;
  openTimeoutMs: number;
  clock: Clock;
  log: Logger;
  metrics: ConnectionMetrics;
  /** Of the environment. Default: one for this connection alone. */
  budget?: WorkBudget;
}

export interface ServiceAccount {
  applicationName: string;
  applicationType: number;
  userName: string;
  password: string;
  /** Sent with the registration that follows ChangePasswordRequired. */
  newPassword?: string | undefined;
}

/** Connects and registers, each within `openTimeoutMs`. Errors: those of `dial`, RegisterTimeout, and the server's refusals. */
export async function openConnection(
  endpoint: Endpoint,
  options: OpenConnectionOptions,
  signal: AbortSignal,
): Promise<Connection> {
  // Read for every connection, so that renewed certificates apply without a restart.
  const tls = typeof options.tls === 'function' ? options.tls() : options.tls;
  const socket = await dial(endpoint, { ...options, tls, timeoutMs: options.openTimeoutMs, signal });
  const channel = new Channel(socket, {
    endpoint: endpointName(endpoint),
    session: options.wire.createSession('client', defaultWireLimits),
    clock: options.clock,
    log: options.log,
    metrics: options.metrics,
    budget: options.budget ?? new WorkBudget(options.clock),
    windowSize: options.windowSize,
  });
  try {
    const registered = await register(channel, options, signal);
    channel.setWindow(Math.min(options.windowSize, registered.limits.maxInFlight));
    // Both must want it: the server alone must not fill our log.
    const traces = [options.addp, registered.addp].every(({ traceMode }) => tracesOnClient(traceMode));
    channel.watch(registered.addp.localTimeout, traces);
    return new Connection(endpoint, channel, registered);
  } catch (error) {
    const failure = await registrationFailure(channel, error);
    channel.close('normal', failure);
    throw failure;
  }
}

/** True for the modes in which the client logs its polls. */
export function tracesOnClient(mode: AddpOptions['traceMode']): boolean {
  return mode === 'local' || mode === 'both';
}

function register(
  channel: Channel,
  { account, addp, openTimeoutMs, clock }: OpenConnectionOptions,
  signal: AbortSignal,
): Promise<MessageBody<'EventClientRegistered'>> {
  const { applicationName, applicationType, userName, password, newPassword } = account;
  return channel.exchange(
    {
      name: 'RequestRegisterClient',
      body: {
        protocolVersions: [protocolVersion],
        clientName: applicationName,
        clientApplicationType: applicationType,
        userName,
        userPassword: password,
        newPassword,
        host: os.hostname(),
        pid: process.pid,
        encoding: 'utf-8',
        addp: {
          localTimeout: addp.localTimeoutSeconds,
          remoteTimeout: addp.remoteTimeoutSeconds,
          traceMode: addp.traceMode,
        },
      },
    },
    expectOne('EventClientRegistered'),
    { deadlineAtMs: clock.monotonicMs() + openTimeoutMs, signal },
  );
}

/** The end of the channel says more than the failed request: it names TLS or another protocol. */
async function registrationFailure(channel: Channel, error: unknown): Promise<ConfigServerError> {
  if (!(error instanceof ConfigServerError)) {
    return new ConfigServerError('ProtocolViolation', 'registration failed', {
      endpoint: channel.endpoint,
      cause: error,
    });
  }
  if (error.code === 'RequestTimeout') {
    return new ConfigServerError('RegisterTimeout', 'the server did not register us in time', {
      endpoint: channel.endpoint,
      sent: error.sent,
      cause: error,
    });
  }
  return error.code === 'ConnectionLost' && !channel.isOpen ? await channel.ended : error;
}
