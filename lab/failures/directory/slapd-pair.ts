/** Runs two OpenLDAP servers that copy to each other, each behind a proxy for the services and one for the other server. */
import { setTimeout as wait } from 'node:timers/promises';
import { createAuthority } from '@gatehouse/testing/keys';
import { type LdapTestData, type LdapTestServer, ldapNames, startLdapServer } from '@gatehouse/testing/ldap';
import { startTcpProxy } from '@gatehouse/testing/network';

export interface PairMember extends LdapTestServer {
  /** `ldaps`, as the services reach it. */
  readonly servicePort: number;
  /** Neither the services nor the other server reach it, until `heal`. */
  cut(): void;
  heal(): void;
}

type Proxies = Record<'forServices' | 'forCopies', Awaited<ReturnType<typeof startTcpProxy>>>;

export async function startSlapdPair(
  data: LdapTestData,
  closers: AsyncDisposableStack,
): Promise<{ ca: string; first: PairMember; second: PairMember }> {
  const authority = createAuthority();
  const servers: (LdapTestServer | undefined)[] = [undefined, undefined];
  const proxies = await Promise.all(
    servers.map(async (_, index) => {
      const forServices = await startTcpProxy(() => servers[index]?.tlsPort ?? 0);
      const forCopies = await startTcpProxy(() => servers[index]?.port ?? 0);
      closers.defer(() => {
        forServices.close();
        forCopies.close();
      });
      return { forServices, forCopies };
    }),
  );
  // The second one gets everything from the first, ids included.
  for (const [index, own] of [data, undefined].entries()) {
    const server = await startLdapServer({
      ...(own ?? { isEmpty: true }),
      authority,
      globalSettings: ['moduleload syncprov', `serverID ${index + 1}`],
      moreSettings: copying(proxies[1 - index]?.forCopies.port ?? 0),
    });
    closers.defer(() => server.close());
    servers[index] = server;
  }
  const [first, second] = servers.map((server, index) => {
    const { forServices } = proxies[index] as Proxies;
    // Each server is the only client of the other's.
    const all = [forServices, ...proxies.map(({ forCopies }) => forCopies)];
    return {
      ...(server as LdapTestServer),
      servicePort: forServices.port,
      cut() {
        for (const proxy of all) proxy.cut();
      },
      heal() {
        for (const proxy of all) proxy.heal();
      },
    };
  }) as [PairMember, PairMember];
  return { ca: authority.cert, first, second };
}

/** RFC 4533, with writes at both servers. */
function copying(port: number): string[] {
  const { suffix, adminDn, adminPassword } = ldapNames;
  const account = `bindmethod=simple binddn="${adminDn}" credentials=${adminPassword}`;
  return [
    `syncrepl rid=001 provider=ldap://127.0.0.1:${port} searchbase="${suffix}" type=refreshAndPersist retry="1 +" network-timeout=2 timeout=2 keepalive=2:2:1 ${account}`,
    'multiprovider on',
    'overlay syncprov',
  ];
}

/** Until both have what was written at one of them. */
export async function untilEqual(isEqual: () => Promise<boolean>, limitMs: number): Promise<number> {
  const startMs = performance.now();
  while (!(await isEqual())) {
    if (performance.now() - startMs > limitMs) throw new Error('the servers do not become equal');
    await wait(100);
  }
  return performance.now() - startMs;
}
