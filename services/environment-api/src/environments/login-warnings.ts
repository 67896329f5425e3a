/** Warns of what would make every login fail, such as a tenant that the server does not have. It never refuses and never delays a write longer than its servers may. */
import type { Warning } from '@gatehouse/contracts/answers';
import type { LoginStep, Step } from '@gatehouse/contracts/environment-administration';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { wordsOf } from '@gatehouse/service-kit/sentences';
import { examinerOf, unreadableSecrets } from '../server-checks/examine-server.ts';
import { type Environment, environmentViewOf } from './environment.ts';
import type { EnvironmentPatch } from './schemas.ts';

export type LoginWarnings = ReturnType<typeof createLoginWarnings>;

/** For each failed step the field to look at. Servers that accept no connection have warnings of their own. */
const fields: Partial<Record<(Step | LoginStep)['step'], string>> = {
  tls: 'tlsEnabled',
  register: 'username',
  read: 'username',
  tenant: 'tenant',
  application: 'appName',
  people: 'username',
  bind: 'ldap.bindDn',
  search: 'ldap.baseDns',
  person: 'ldap.attributes',
};

const concerned = [
  'username',
  'password',
  'tenant',
  'appName',
  'tlsEnabled',
  'tls',
  'configServers',
  'ldap',
] as const satisfies (keyof EnvironmentPatch)[];

/** `timeoutMs`: how long a write waits; 0: no warnings. */
export function createLoginWarnings({ secretBox, timeoutMs }: { secretBox: SecretBox; timeoutMs: number }) {
  return {
    /** Tries the first server of the list, if the written fields say anything about logins. Never throws. */
    async warningsFor(environment: Environment, written: EnvironmentPatch): Promise<Warning[]> {
      const [configServer] = environment.configServers;
      const [server] = configServer
        ? [{ address: configServer.primaryAddress, port: configServer.primaryPort }]
        : (environment.ldap?.servers ?? []);
      const isConcerned = concerned.some((name) => written[name] !== undefined);
      if (timeoutMs === 0 || server === undefined || !isConcerned) return [];
      const signal = AbortSignal.timeout(timeoutMs);
      const examine = readable(() => examinerOf(environmentViewOf(environment), secretBox));
      if (examine === undefined) return [unreadable(environment)];
      const { steps, login = [] } = await examine(server, { timeoutMs, signal });
      // A server that needs longer says nothing about the environment.
      if (signal.aborted) return [];
      return [...steps, ...login].flatMap(({ step, status, message, sentences }) => {
        const name = fields[step];
        if (status !== 'failed' || name === undefined) return [];
        return [{ field: `data.${name}`, value: shownValue(environment, name), message, sentences, step }];
      });
    },
  };
}

/** The write is done: a secret of before that does not open must not turn its answer into a failure. */
const unreadable = ({ ldap }: Environment): Warning => ({
  field: ldap ? 'data.ldap.bindPassword' : 'data.password',
  value: '[secret]',
  ...wordsOf(unreadableSecrets),
});

function shownValue(environment: Environment, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], environment);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readable<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
