/** Examines one LDAP server step by step: what an operator must know to correct the settings of an environment. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { type Endpoint, endpointName } from '@gatehouse/config-server-client/discovery';
import { systemClock } from '@gatehouse/config-server-client/surroundings';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { LdapConnection } from './connection/connection.ts';
import { bind, connect } from './connection/open-connection.ts';
import { readSettings } from './directory.ts';
import { findPersons } from './people/find.ts';
import { groupNamesOf } from './people/groups.ts';
import type { DirectoryPerson } from './people/person.ts';
import type { DirectorySettings } from './settings.ts';
import { failureOf, resultCodes } from './wire/results.ts';

export const directorySteps = ['resolve', 'tcp', 'tls', 'bind', 'search', 'person'] as const;

export type DirectoryStepName = (typeof directorySteps)[number];

export interface DirectoryStep {
  step: DirectoryStepName;
  status: 'ok' | 'failed' | 'skipped';
  /** The finding and, when the step failed, the change that helps. Holds no values of the directory. */
  message: string;
  durationMs: number;
}

export interface ExamineLimits {
  /** Each step. */
  timeoutMs: number;
  /** Ends the whole examination. */
  signal: AbortSignal;
}

/** Never rejects: a failure is the result of its step, and the steps after it are skipped. */
export async function examineDirectory(
  endpoint: Endpoint,
  settings: DirectorySettings,
  limits: ExamineLimits,
): Promise<DirectoryStep[]> {
  const steps: DirectoryStep[] = [];
  const examination = createExamination(endpoint, settings, limits);
  let hasFailed = false;
  for (const step of directorySteps) {
    const startedMs = performance.now();
    const done = (status: DirectoryStep['status'], message: string) =>
      steps.push({ step, status, message, durationMs: Math.round(performance.now() - startedMs) });
    if (hasFailed) {
      done('skipped', 'Needs the step before.');
      continue;
    }
    try {
      const { status = 'ok', message } = await examination[step]();
      done(status, message);
    } catch (error) {
      hasFailed = true;
      const isOver = limits.signal.aborted;
      done(
        'failed',
        isOver
          ? 'The time for the whole check was over: check again, or fewer servers at once'
          : sentenceOf(step, endpoint, settings, error),
      );
    }
  }
  examination.close();
  return steps;
}

type Found = { status?: DirectoryStep['status']; message: string };

function createExamination(
  endpoint: Endpoint,
  settings: DirectorySettings,
  { timeoutMs, signal }: ExamineLimits,
): Record<DirectoryStepName, () => Promise<Found>> & { close(): void } {
  const { host, port } = endpoint;
  let connection: LdapConnection | undefined;
  let sample: DirectoryPerson | undefined;
  const whole = readSettings(settings);
  const open = () => connection as LdapConnection;
  const limits = () => ({ deadlineAtMs: systemClock.monotonicMs() + timeoutMs, signal });
  const how = settings.startTls ? 'StartTLS is agreed' : 'TLS is on';

  return {
    async resolve() {
      if (isIP(host) !== 0) return { message: `${host} is an IP address.` };
      const found = await withinTime(lookup(host, { all: true }), timeoutMs, signal);
      return { message: `${host} is ${found.map(({ address }) => address).join(', ')}.` };
    },
    async tcp() {
      await reach(endpoint, timeoutMs, signal);
      return { message: `${host} port ${port} accepts connections.` };
    },
    async tls() {
      const options = { settings, timeoutMs, silenceMs: timeoutMs, clock: systemClock };
      connection = await connect(endpoint, options, signal);
      if (settings.tls !== undefined) return { message: `${how} and the certificate is right.` };
      const message = 'TLS is off: tlsEnabled is false, which permits plaintext to this server.';
      return { status: 'skipped', message };
    },
    async bind() {
      const result = await bind(open(), settings.bindDn, settings.bindPassword, limits());
      if (result.code !== resultCodes.success) throw failureOf(result, endpointName(endpoint));
      return { message: 'The account of ldap.bindDn is accepted.' };
    },
    async search() {
      const one = { maxPersons: 1, mayCut: true };
      [sample] = await findPersons(open(), [], whole, one, limits());
      if (sample === undefined) throw new NobodyFound();
      return { message: 'Below ldap.baseDns the account finds people.' };
    },
    async person() {
      const person = sample as DirectoryPerson;
      const groups = await groupNamesOf(open(), person, whole, limits());
      const { attributes } = settings;
      const missing = Object.entries(attributes).filter(
        ([field, name]) =>
          !['member', 'groupName'].includes(field) &&
          name !== '' &&
          !person.entry.attributes.has(name.toLowerCase()),
      );
      const has =
        missing.length === 0 ? 'every attribute' : `no ${missing.map(([, name]) => name).join(', ')}`;
      const named = groups.length === 0 ? 'and no group names it' : `and groups name it: ${groups.length}`;
      return { message: `One person as a sample has ${has}, ${named}.` };
    },
    close: () => connection?.close(new ConfigServerError('ClientClosed', 'the check is over')),
  };
}

class NobodyFound extends Error {}

function sentenceOf(
  step: DirectoryStepName,
  { host, port }: Endpoint,
  { tls, startTls, bindDn }: DirectorySettings,
  error: unknown,
): string {
  const { code, message = 'unknown reason' } = error as { code?: string; message?: string };
  switch (step) {
    case 'resolve':
      return `${host} is not found (${code ?? message}): correct address, or the name service`;
    case 'tcp':
      return `${host} port ${port} does not accept connections (${code ?? message}): correct port, start the server, or open the firewall`;
    case 'tls':
      if (tls === undefined) return `The connection failed: ${message}`;
      return startTls
        ? `StartTLS failed (${message}): nothing was sent in plaintext; correct tls.ca or tls.serverName, or use ldaps (startTls false)`
        : `TLS failed (${message}): correct tls.ca or tls.serverName, or the port (636 for ldaps)`;
    case 'bind':
      return code === 'AuthenticationFailed'
        ? `The server refuses the account ${JSON.stringify(bindDn)}: correct ldap.bindDn or ldap.bindPassword`
        : `The server did not accept the account (${message})`;
    default:
      if (error instanceof NobodyFound)
        return `The server shows the account nobody, so no login can succeed: correct ldap.baseDns, ldap.filters.person, ldap.attributes.id or ldap.attributes.userName, or give ${JSON.stringify(bindDn)} read permission`;
      return code === 'CFGObjectNotFound'
        ? 'The server has no entry of one of ldap.baseDns or ldap.groupBaseDns: correct them'
        : `The search failed: ${message}`;
  }
}

function reach({ host, port }: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, reject) => {
    const socket = connectTcp({ host, port, timeout: timeoutMs, signal });
    const noAnswer = () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    socket.once('connect', () => {
      socket.destroy();
      done();
    });
    socket.once('timeout', noAnswer);
    socket.once('error', (error) => reject(error instanceof AggregateError ? error.errors[0] : error));
  });
}

async function withinTime<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const late = new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () =>
      reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
  });
  return Promise.race([work, late]);
}
