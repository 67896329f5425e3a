/** Connects to one server and reports each step: resolve, TCP, TLS, register, read. */
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { TlsOptions } from '@gatehouse/config-server-client/client';
import { type Connection, expectPages, openConnection } from '@gatehouse/config-server-client/connection';
import { silentLogger, systemClock } from '@gatehouse/config-server-client/surroundings';
import { ocpWire } from '@gatehouse/config-server-client/wire';
import { type Step, type StepName, stepNames } from '@gatehouse/contracts/environment-administration';
import { CfgAppType, CfgObjectType, ConfigServerError } from '@gatehouse/people-directory';
import { linkFailure, readFailure, resolveFailure, type Target, tcpFailure } from './sentence.ts';

export interface CheckTarget extends Target {
  password: string;
  /** Undefined: plaintext. */
  tls: TlsOptions | undefined;
}

export interface CheckLimits {
  /** Each step. */
  timeoutMs: number;
  /** Ends the whole check. */
  signal: AbortSignal;
}

/** Never throws: a failure is the result of its step, and the steps after it are skipped. */
export async function checkServer(target: CheckTarget, limits: CheckLimits): Promise<Step[]> {
  const steps: Step[] = [];
  let startedMs = performance.now();
  const add = (step: StepName, status: Step['status'], message: string) => {
    const durationMs = Math.round(performance.now() - startedMs);
    startedMs = performance.now();
    steps.push({ step, status, message, durationMs });
  };
  const fail = (step: StepName, message: string) => {
    const isOver = limits.signal.aborted;
    add(
      step,
      'failed',
      isOver ? 'The time for the whole check was over: check again, or fewer servers at once' : message,
    );
    const rest = stepNames.slice(stepNames.indexOf(step) + 1);
    for (const name of rest) add(name, 'skipped', 'Needs the step before.');
    return steps;
  };

  try {
    add('resolve', 'ok', await resolve(target.address, limits));
  } catch (error) {
    return fail('resolve', resolveFailure(target, error));
  }
  try {
    await reach(target, limits);
    add('tcp', 'ok', `${target.address} port ${target.port} accepts connections.`);
  } catch (error) {
    return fail('tcp', tcpFailure(target, error));
  }
  let connection: Connection;
  try {
    connection = await open(target, limits);
  } catch (error) {
    const { step, message } = linkFailure(target, error);
    if (step === 'register') add('tls', ...tlsStep(target));
    return fail(step === 'tcp' ? 'tls' : step, message);
  }
  add('tls', ...tlsStep(target));
  add('register', 'ok', `Registered as ${target.applicationName} with the account ${target.userName}.`);
  try {
    const tenants = await countTenants(connection, limits);
    if (tenants === 0) {
      return fail(
        'read',
        `The service account ${JSON.stringify(target.userName)} sees no tenant: give it read permission`,
      );
    }
    add('read', 'ok', `Read ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}.`);
  } catch (error) {
    return fail('read', readFailure(target, error));
  } finally {
    connection.channel.close('normal', new ConfigServerError('ClientClosed', 'the check is over'));
  }
  return steps;
}

function tlsStep({ isTls }: Target): [Step['status'], string] {
  return isTls
    ? ['ok', 'TLS is on and the certificate is right.']
    : ['skipped', 'TLS is off: tlsEnabled is false, which permits plaintext to this server.'];
}

async function resolve(address: string, { timeoutMs, signal }: CheckLimits): Promise<string> {
  if (isIP(address) !== 0) return `${address} is an IP address.`;
  const found = await withinTime(lookup(address, { all: true }), timeoutMs, signal);
  return `${address} is ${found.map((entry) => entry.address).join(', ')}.`;
}

function reach({ address, port }: Target, { timeoutMs, signal }: CheckLimits): Promise<void> {
  return new Promise((done, reject) => {
    const socket = connect({ host: address, port, timeout: timeoutMs, signal });
    socket.once('connect', () => {
      socket.destroy();
      done();
    });
    socket.once('timeout', () =>
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    socket.once('error', (error) => reject(error instanceof AggregateError ? error.errors[0] : error));
  });
}

function open(target: CheckTarget, { timeoutMs, signal }: CheckLimits): Promise<Connection> {
  return openConnection(
    { host: target.address, port: target.port },
    {
      account: {
        applicationName: target.applicationName,
        applicationType: CfgAppType.genericServer,
        userName: target.userName,
        password: target.password,
      },
      tls: target.tls,
      allowPlaintext: target.tls === undefined,
      // The connection lives for moments and needs no keep-alive.
      addp: { localTimeoutSeconds: 0, remoteTimeoutSeconds: 0, traceMode: 'off' },
      wire: ocpWire(),
      windowSize: 1,
      openTimeoutMs: timeoutMs,
      clock: systemClock,
      log: silentLogger,
      metrics: {},
    },
    signal,
  );
}

async function countTenants({ channel }: Connection, { timeoutMs, signal }: CheckLimits): Promise<number> {
  const { pages } = await channel.exchange(
    { name: 'RequestReadObjects', body: { objectType: CfgObjectType.tenant, filter: {} } },
    expectPages('EventObjectsRead', 'EventObjectsSent'),
    { deadlineAtMs: systemClock.monotonicMs() + timeoutMs, signal },
  );
  return pages.reduce((count, page) => count + page.objects.length, 0);
}

async function withinTime<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      limit.addEventListener('abort', () =>
        reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      );
    }),
  ]);
}
