/** Examines one server: the steps of its connection, then what a login reads there, through the same back end as logins use; an LDAP server step by step. */
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery';
import type { LoginStep, Step } from '@gatehouse/contracts/environment-administration';
import { type EnvironmentView, passwordPlace, tlsClientOf } from '@gatehouse/contracts/environment-api';
import { directorySettingsOf, examineDirectory } from '@gatehouse/directory-ldap';
import { examineLogin } from '@gatehouse/people-directory';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { conflict } from '@gatehouse/service-kit/errors';
import { say, sayFound, wordsOf } from '@gatehouse/service-kit/sentences';
import { type CheckLimits, type CheckTarget, checkServer } from './check-server.ts';

export interface ServerExamination {
  steps: Step[];
  /** Absent when a step of the connection failed. */
  login?: LoginStep[];
}

/** Answers a caller whose stored secrets do not open, as after the loss of a key. */
export const unreadableSecrets = say('warning.secrets.unreadable');

/** Checks one server. */
export type ExamineServer = (
  place: { address: string; port: number },
  limits: CheckLimits,
) => Promise<ServerExamination>;

/** Opens the secrets of an environment once for all its servers. @throws AppError 409 when they do not open */
export function examinerOf(environment: EnvironmentView, secretBox: SecretBox): ExamineServer {
  const open: SecretBox['open'] = (envelope, place) => {
    try {
      return secretBox.open(envelope, place);
    } catch (cause) {
      throw conflict(unreadableSecrets.message, { cause });
    }
  };
  if (environment.directory === 'ldap') {
    const settings = directorySettingsOf(environment, open);
    return async ({ address: host, port }, limits) => {
      const steps = await examineDirectory({ host, port }, settings, limits);
      return { steps: steps.map(({ sentence, ...step }) => ({ ...step, ...wordsOf(sayFound(sentence)) })) };
    };
  }
  const account = accountOf(environment, open);
  return ({ address, port }, limits) => examineServer({ ...account, address, port }, limits);
}

function accountOf(
  environment: EnvironmentView,
  open: SecretBox['open'],
): Omit<CheckTarget, 'address' | 'port'> {
  const { id, passwordEnvelope, tlsEnabled, tls, username, appName, tenant } = environment;
  return {
    userName: username,
    password: open(passwordEnvelope, passwordPlace(id)).toString('utf8'),
    applicationName: appName,
    tenant,
    isTls: tlsEnabled,
    hasClientCertificate: tls?.mutual !== undefined,
    tls: tlsEnabled ? tlsClientOf(environment, open) : undefined,
  };
}

/** Never throws. */
async function examineServer(target: CheckTarget, limits: CheckLimits): Promise<ServerExamination> {
  const steps = await checkServer(target, limits);
  if (steps.some(({ status }) => status === 'failed')) return { steps };
  return { steps, login: await tryLogin(target, limits) };
}

async function tryLogin(target: CheckTarget, { timeoutMs, signal }: CheckLimits): Promise<LoginStep[]> {
  const { address: host, port, userName: username, applicationName: appName, password, tenant, tls } = target;
  const backend = createConfigServerClient({
    endpoints: staticEndpoints([{ host, port }]),
    applicationName: appName,
    userName: username,
    password,
    tls,
    allowPlaintext: tls === undefined,
    standby: { failFastAfterMs: timeoutMs },
  });
  try {
    const steps = await examineLogin(
      backend,
      { tenant, appName, username },
      { signal, deadlineMs: timeoutMs },
    );
    return steps.map(({ isUnanswered: _, sentence, ...step }) => ({
      ...step,
      ...wordsOf(sayFound(sentence)),
    }));
  } finally {
    await backend.close();
  }
}
