/** Calls one region as applications, operators and resource servers do. */
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { contactCenterId, operator, users } from '../../../tools/stack/provisioning/demo.ts';
import { basic } from '../../harness/http.ts';
import { createOAuth } from '../../harness/oauth.ts';
import { clients, settingsPath } from './installation.ts';
import type { Region } from './region.ts';

export type Callers = ReturnType<typeof createCallers>;
type Form = Record<string, string>;

const [agent] = users;
const operatorHeader = basic(operator.username, operator.password);

export function createCallers({ http }: Pick<Region, 'http'>, publicUrl: string) {
  const oauth = createOAuth(http);
  const secretOf = (kind: keyof typeof clients) =>
    basic(clients[kind].client_id, clients[kind].client_secret);
  const token = (kind: keyof typeof clients, form: Form) => oauth.token(secretOf(kind), form);
  const operate = (path: string, json?: unknown) =>
    http(path, { authorization: operatorHeader, ...(json === undefined ? {} : { json: { data: json } }) });
  const textOf = (body: Record<string, unknown> | undefined, name: string) => String(body?.[name] ?? '');

  return {
    token,
    operate,
    async logIn(kind: keyof typeof clients) {
      const form = {
        ...{
          grant_type: 'password',
          username: `${agent.tenant}\\${agent.username}`,
          password: agent.password,
        },
        scope: 'calls:read',
      };
      const { status, body, requestId } = await token(kind, form);
      const [access, refresh] = [textOf(body, 'access_token'), textOf(body, 'refresh_token')];
      return { status, access, refresh, requestId };
    },
    refresh: (kind: keyof typeof clients, refreshToken: string) =>
      oauth.refresh(secretOf(kind), refreshToken),
    revoke: (kind: keyof typeof clients, text: string) => oauth.revoke(secretOf(kind), text),
    async isActive(text: string): Promise<boolean | number> {
      const { status, body } = await oauth.introspect(text);
      return status === 200 ? body?.['active'] === true : status;
    },
    /** Verifies a token as a resource server does that reads the key set of this region. */
    async isSigned(jwt: string): Promise<boolean> {
      const { body } = await http('/auth/v3/oauth/jwks');
      const keys = createLocalJWKSet(body as never);
      return jwtVerify(jwt, keys, { issuer: `${publicUrl}/auth/v3` }).then(
        () => true,
        () => false,
      );
    },
    kidOf: (jwt: string) => decodeProtectedHeader(jwt).kid ?? '',
    /** Ends everything of the person, as an administrator does when somebody leaves. */
    endPerson: () =>
      http(`/auth/v3/ops/sessions?user=${agent.username}&contactCenter=${contactCenterId}`, {
        method: 'DELETE',
        authorization: operatorHeader,
      }),
    writeSetting: (name: string, value: string) => operate(settingsPath, { name, value, location: '/' }),
    async setting(name: string): Promise<string | undefined> {
      const { body } = await operate(settingsPath);
      const { settings = [] } = (body?.['data'] ?? {}) as { settings?: { name: string; value: string }[] };
      return settings.find((one) => one.name === name)?.value;
    },
    async events(correlationId: string): Promise<string[]> {
      const { body } = await operate(`/auth/v3/ops/audit?correlationId=${correlationId}`);
      return ((body?.['data'] ?? []) as { name: string }[]).map(({ name }) => name);
    },
    async isTrailWhole(): Promise<boolean> {
      const { body } = await operate('/auth/v3/ops/audit/verify');
      const days = (body?.['data'] ?? []) as { problems: string[] }[];
      return days.length > 0 && days.every(({ problems }) => problems.length === 0);
    },
  };
}
