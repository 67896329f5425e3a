/** Examines one LDAP server step by step: what an operator must know to correct the settings of an environment. */
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { type Endpoint, endpointName } from '@gatehouse/config-server-client/discovery';
import { systemClock } from '@gatehouse/config-server-client/surroundings';
import type { Sentence } from '@gatehouse/contracts/sentences';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { LdapConnection } from './connection/connection.ts';
import { bind, connect } from './connection/open-connection.ts';
import { readSettings } from './directory.ts';
import { findPersons } from './people/find.ts';
import { groupsOf } from './people/groups.ts';
import type { DirectoryPerson } from './people/person.ts';
import type { DirectorySettings } from './settings.ts';
import { accountFailure } from './wire/refusals.ts';

export const directorySteps = ['resolve', 'tcp', 'tls', 'bind', 'search', 'person'] as const;

export type DirectoryStepName = (typeof directorySteps)[number];

export interface DirectoryStep {
  step: DirectoryStepName;
  status: 'ok' | 'failed' | 'skipped';
  /** The finding and, when the step failed, the change that helps. Holds no values of the directory. */
  sentence: Sentence;
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
    const done = (status: DirectoryStep['status'], sentence: Sentence) =>
      steps.push({ step, status, sentence, durationMs: Math.round(performance.now() - startedMs) });
    if (hasFailed) {
      done('skipped', { key: 'check.needsBefore', parameters: {} });
      continue;
    }
    try {
      const { status = 'ok', ...sentence } = await examination[step]();
      done(status, sentence);
    } catch (error) {
      hasFailed = true;
      const isOver = limits.signal.aborted;
      done(
        'failed',
        isOver ? { key: 'check.timeOver', parameters: {} } : sentenceOf(step, endpoint, settings, error),
      );
    }
  }
  examination.close();
  return steps;
}

type Found = { status?: DirectoryStep['status'] } & Sentence;

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

  return {
    async resolve() {
      if (isIP(host) !== 0) return { key: 'check.isAddress', parameters: { address: host } };
      const found = await withinTime(lookup(host, { all: true }), timeoutMs, signal);
      return {
        key: 'check.resolved',
        parameters: { address: host, found: found.map(({ address }) => address) },
      };
    },
    async tcp() {
      await reach(endpoint, timeoutMs, signal);
      return { key: 'check.accepts', parameters: { address: host, port } };
    },
    async tls() {
      const options = { settings, timeoutMs, silenceMs: timeoutMs, clock: systemClock };
      connection = await connect(endpoint, options, signal);
      if (settings.tls === undefined) return { status: 'skipped', key: 'check.tls.off', parameters: {} };
      return { key: settings.startTls ? 'check.tls.started' : 'check.tls.on', parameters: {} };
    },
    async bind() {
      const result = await bind(open(), settings.bindDn, settings.bindPassword, limits());
      const failure = accountFailure(result, endpointName(endpoint));
      if (failure !== undefined) throw failure;
      return { key: 'check.ldap.bound', parameters: {} };
    },
    async search() {
      const one = { maxPersons: 1, mayCut: true };
      [sample] = await findPersons(open(), [], whole, one, limits());
      if (sample === undefined) throw new NobodyFound();
      return { key: 'check.ldap.found', parameters: {} };
    },
    async person() {
      const person = sample as DirectoryPerson;
      const { names: groups } = await groupsOf(open(), person, whole, limits());
      const { attributes } = settings;
      const missing = Object.entries(attributes).filter(
        ([field, name]) =>
          !['member', 'groupName'].includes(field) &&
          name !== '' &&
          !person.entry.attributes.has(name.toLowerCase()),
      );
      const count = groups.length;
      const names = missing.map(([, name]) => name);
      if (missing.length === 0)
        return count === 0
          ? { key: 'check.ldap.sampleAlone', parameters: {} }
          : { key: 'check.ldap.sample', parameters: { count } };
      return count === 0
        ? { key: 'check.ldap.sampleLacksAlone', parameters: { names } }
        : { key: 'check.ldap.sampleLacks', parameters: { names, count } };
    },
    close: () => connection?.close(new ConfigServerError('ClientClosed', 'the check is over')),
  };
}

class NobodyFound extends Error {}

function sentenceOf(
  step: DirectoryStepName,
  { host: address, port }: Endpoint,
  { tls, startTls, bindDn }: DirectorySettings,
  error: unknown,
): Sentence {
  const { code, message: problem = 'unknown reason' } = error as { code?: string; message?: string };
  const account = JSON.stringify(bindDn);
  switch (step) {
    case 'resolve':
      return { key: 'check.ldap.unknownHost', parameters: { address, problem: code ?? problem } };
    case 'tcp':
      return { key: 'check.ldap.notReached', parameters: { address, port, problem: code ?? problem } };
    case 'tls':
      if (tls === undefined) return { key: 'check.ldap.connectionFailed', parameters: { problem } };
      return {
        key: startTls ? 'check.ldap.startTlsFailed' : 'check.ldap.tlsFailed',
        parameters: { problem },
      };
    case 'bind':
      return code === 'AuthenticationFailed'
        ? { key: 'check.ldap.accountRefused', parameters: { account } }
        : { key: 'check.ldap.accountUnanswered', parameters: { problem } };
    default:
      if (error instanceof NobodyFound) return { key: 'check.ldap.nobody', parameters: { account } };
      return code === 'CFGObjectNotFound'
        ? { key: 'check.ldap.noBase', parameters: {} }
        : { key: 'check.ldap.searchFailed', parameters: { problem } };
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
