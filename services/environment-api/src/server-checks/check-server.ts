/** Connects to one server and reports each step: resolve, TCP, TLS, register, read. */
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import type { TlsOptions } from '@gatehouse/config-server-client/client';
import { type Connection, expectPages, openConnection } from '@gatehouse/config-server-client/connection';
import { silentLogger, systemClock } from '@gatehouse/config-server-client/surroundings';
import { ocpWire } from '@gatehouse/config-server-client/wire';
import { type Step, type StepName, stepNames } from '@gatehouse/contracts/environment-administration';
import { CfgAppType, CfgObjectType, ConfigServerError } from '@gatehouse/people-directory';
import { type Said, say, wordsOf } from '@gatehouse/service-kit/sentences';
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
  const { address, port, applicationName: application, userName: account } = target;
  const steps: Step[] = [];
  let startedMs = performance.now();
  const add = (step: StepName, status: Step['status'], said: Said) => {
    const durationMs = Math.round(performance.now() - startedMs);
    startedMs = performance.now();
    steps.push({ step, status, ...wordsOf(said), durationMs });
  };
  const fail = (step: StepName, said: Said) => {
    add(step, 'failed', limits.signal.aborted ? say('check.timeOver') : said);
    const rest = stepNames.slice(stepNames.indexOf(step) + 1);
    for (const name of rest) add(name, 'skipped', say('check.needsBefore'));
    return steps;
  };

  try {
    add('resolve', 'ok', await resolve(address, limits));
  } catch (error) {
    return fail('resolve', resolveFailure(target, error));
  }
  try {
    await reach(target, limits);
    add('tcp', 'ok', say('check.accepts', { address, port }));
  } catch (error) {
    return fail('tcp', tcpFailure(target, error));
  }
  let connection: Connection;
  try {
    connection = await open(target, limits);
  } catch (error) {
    const { step, said } = linkFailure(target, error);
    if (step === 'register') add('tls', ...tlsStep(target));
    return fail(step === 'tcp' ? 'tls' : step, said);
  }
  add('tls', ...tlsStep(target));
  add('register', 'ok', say('check.server.registered', { application, account }));
  try {
    const tenants = await countTenants(connection, limits);
    if (tenants === 0) {
      return fail('read', say('check.server.noTenants', { account: JSON.stringify(account) }));
    }
    add('read', 'ok', say('check.server.read', { count: tenants }));
  } catch (error) {
    return fail('read', readFailure(target, error));
  } finally {
    connection.channel.close('normal', new ConfigServerError('ClientClosed', 'the check is over'));
  }
  return steps;
}

function tlsStep({ isTls }: Target): [Step['status'], Said] {
  return isTls ? ['ok', say('check.tls.on')] : ['skipped', say('check.tls.off')];
}

async function resolve(address: string, { timeoutMs, signal }: CheckLimits): Promise<Said> {
  if (isIP(address) !== 0) return say('check.isAddress', { address });
  const found = await withinTime(lookup(address, { all: true }), timeoutMs, signal);
  return say('check.resolved', { address, found: found.map((entry) => entry.address) });
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
