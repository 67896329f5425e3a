/** Gives the stack of the bench an environment of an LDAP directory and one of the people store. */
import { ldapNames } from '@gatehouse/testing/ldap-data';
import { startLdapServer } from '@gatehouse/testing/ldap-server';
import type { BenchStack } from '../bench-stack.ts';
import { linkPassword, userNameOf } from '../link/link-seed.ts';

/** People who sign in, in each of the three. */
export const accounts = 200;

async function create(
  { publicUrl, operator }: BenchStack,
  path: string,
  data: unknown,
): Promise<{ id: string }> {
  const answer = await fetch(`${publicUrl}/environment/v3/${path}`, {
    method: 'POST',
    headers: { authorization: operator, 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: { id: string } }).data;
}

async function createHome(stack: BenchStack, domain: string, environment: object) {
  const { id: environmentId } = await create(stack, 'environments', environment);
  const contactCenter = { name: `People of ${domain}`, domains: [domain], environmentId };
  const { id: contactCenterId } = await create(stack, 'contact-centers', contactCenter);
  return { domain, environmentId, contactCenterId };
}

export type StoreHome = Awaited<ReturnType<typeof createStoreHome>>;

export async function createStoreHome(stack: BenchStack) {
  const home = await createHome(stack, 'store', { directory: 'people' });
  return { ...home, scimUrl: `${stack.environmentApiUrl}/contact-centers/${home.contactCenterId}/scim/v2` };
}

/** An OpenLDAP that stores passwords as they are: a bench of logins must not be one of its hash. */
export async function startLdapHome(stack: BenchStack) {
  const people = Array.from({ length: accounts }, (_, person) => ({
    uid: userNameOf(person),
    password: linkPassword,
  }));
  const server = await startLdapServer({ people });
  const { bindDn, bindPassword, peopleDn, groupsDn } = ldapNames;
  const ldap = {
    servers: [{ address: '127.0.0.1', port: server.tlsPort }],
    ...{ bindDn, bindPassword, baseDns: [peopleDn], groupBaseDns: [groupsDn] },
  };
  const home = await createHome(stack, 'ldap', { directory: 'ldap', tls: { ca: server.ca }, ldap });
  return { ...home, close: () => server.close() };
}
