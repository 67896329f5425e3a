/** Attacks logins through real LDAP servers: no TLS, no password, another server in an answer, filters as names. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type AttackedServer, attackedServers } from './attacked-servers.ts';
import type { Installation } from './installation.ts';
import type { Row } from './row.ts';
import { type Stripping, startStrippingProxy } from './stripping-proxy.ts';

/** RFC 4513 section 5.1.2: a server answers a bind without a password with success. */
const noPasswords = ['', ' ', '\0', '\0x', 'x\0'];
const filters = ['*', 'ann*', 'anna)(objectClass=*', 'anna))(|(uid=*', '\\61nna', 'anna\0', 'cn=anna'];
const ways: Stripping[] = ['refuses TLS', 'agrees, and goes on in plain text', 'is silent'];

export async function attacks(installation: Installation, report: (row: Row) => void): Promise<void> {
  for (const [name, start] of Object.entries(attackedServers)) {
    const server = await start(installation.closers).catch(({ message }: Error) => message);
    if (typeof server === 'string') {
      report({ name: `attacks on ${name}`, figures: [], faults: [], skipped: server });
      continue;
    }
    for (const [what, attack] of Object.entries(played)) {
      const row = { name: `${name}: ${what}`, figures: [] as string[], faults: [] as string[] };
      const expect = (text: string, found: unknown, isRight: boolean) =>
        (isRight ? row.figures : row.faults).push(`${text}: ${found}`);
      await attack(installation, server, expect).catch(({ message }: Error) => row.faults.push(message));
      report(row);
    }
  }
}

type Expect = (text: string, found: unknown, isRight: boolean) => void;
type Attack = (installation: Installation, server: AttackedServer, expect: Expect) => Promise<void>;

let domains = 0;

/** An environment of its own; the domain that leads to it. */
async function environmentOf({ addDirectory }: Installation, server: AttackedServer, changes: object = {}) {
  domains += 1;
  const domain = `attacked-${domains}`;
  await addDirectory(domain, { ...server.ldap, ...changes }, server.ca, server.serverName);
  return domain;
}

const isIn = (outcome: string) => outcome.startsWith('200');

/** Wrong passwords last: our own limits would answer the right ones after them. */
const played: Record<string, Attack> = {
  async 'another server in an answer'(installation, server, expect) {
    let asked = 0;
    const trap = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    installation.closers.defer(() => void trap.close());
    const bases = await server.refer(`ldap://127.0.0.1:${(trap.address() as AddressInfo).port}`);
    const people = installation.peopleOf(await environmentOf(installation, server, { baseDns: bases }));
    for (const name of [server.person.name, 'behind']) {
      const outcome = await people.signIn(name, server.person.password);
      expect(`${name} in ${bases.join()}`, outcome, isIn(outcome) === (name !== 'behind'));
    }
    expect('times that the other server was asked', asked, asked === 0);
  },

  async 'StartTLS stripped'(installation, server, expect) {
    const [first] = server.ldap.servers;
    const way = (port: number) => ({ startTls: true, servers: [{ ...first, address: 'localhost', port }] });
    const honest = await startStrippingProxy(server.plainPort, 'passes', server.host);
    const people = installation.peopleOf(await environmentOf(installation, server, way(honest.port)));
    const right = await people.signIn(server.person.name, server.person.password);
    expect('with TLS', right, isIn(right));
    expect(
      'its passwords in the clear',
      honest.saw(server.person.password),
      !honest.saw(server.person.password),
    );
    honest.close();
    for (const what of ways) {
      const proxy = await startStrippingProxy(server.plainPort, what, server.host);
      const victims = installation.peopleOf(await environmentOf(installation, server, way(proxy.port)));
      const outcome = await victims.signIn(server.person.name, server.person.password);
      const secrets = [server.person.password, server.ldap.bindPassword].some((text) => proxy.saw(text));
      expect(
        `${what}, asked for TLS ${proxy.wasAsked()}`,
        `${outcome}, passwords in the clear: ${secrets}`,
        proxy.wasAsked() && !isIn(outcome) && !secrets,
      );
      proxy.close();
    }
  },

  async 'no password'(installation, server, expect) {
    const people = installation.peopleOf(await environmentOf(installation, server));
    const right = await people.signIn(server.person.name, server.person.password);
    expect('right password', right, isIn(right));
    for (const [index, password] of noPasswords.entries()) {
      const name = server.others[index] ?? '';
      const outcome = await people.signIn(name, password);
      expect(JSON.stringify(password), outcome, /^40[01] /.test(outcome));
      const { status } = await people.login(name, password);
      // 429: our own limits, after the refusal of the page.
      expect(`${JSON.stringify(password)} by the password grant`, status, status === 400 || status === 429);
    }
  },

  async 'a filter as a name'(installation, server, expect) {
    const people = installation.peopleOf(await environmentOf(installation, server));
    for (const name of filters) {
      const outcome = await people.signIn(name, server.person.password);
      expect(JSON.stringify(name), outcome, outcome.startsWith('401'));
    }
  },
};
