/** Incidents of single sign-on: an identity provider that is away, and a certificate that ends soon. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { call, environmentOf } from '../load/call.ts';
import { runFolder } from '../places.ts';
import { mustBe } from '../step.ts';
import { seriesOf, sumOf } from './metrics.ts';
import { runbook, runCommandLine } from './operator.ts';

const service = 'auth-api';
const domain = 'runbook';

export const singleSignOnIncidents = [
  runbook('Single sign-on fails', async ({ cluster, gatehouse, logged }) => {
    const id = await createContactCenter(cluster);
    const sso = (...args: string[]) => typed(cluster, ['sso', ...args, '--contact-center', id]);
    try {
      // No such name: what an identity provider looks like that is away.
      await sso(
        'set',
        'oidc',
        '--issuer',
        'https://idp.example.com',
        '--client-id',
        'gatehouse',
        '--token-endpoint-auth-method',
        'none',
      );
      await sso('enable', 'oidc');
      const failed = () =>
        sumOf(cluster, service, 'gatehouse_sso_sign_ins_total', {
          protocol: 'oidc',
          outcome: /^(?!success$)/,
        });
      const before = await failed();
      await until('logins fail', async () => {
        await startSignOn(cluster);
        return (await failed()) > before || undefined;
      });
      const line = await logged(service, '"event":"sso_failed"');
      mustBe(line.includes(id), 'the log does not name the contact centre');
      const said = await gatehouse('gatehouse sso test --contact-center <id>', {
        fill: { '<id>': id },
        exits: 1,
      });
      mustBe(said.includes('idp.example.com'), `the test does not name the identity provider:\n${said}`);
      return `gatehouse_sso_sign_ins_total ${before} to ${await failed()}; ${(JSON.parse(line) as { detail: string }).detail}`;
    } finally {
      await typed(cluster, ['cc', 'delete', id, '--yes']);
    }
  }),

  runbook('A certificate ends', async ({ cluster, gatehouse }) => {
    const id = await createContactCenter(cluster);
    try {
      await typed(
        cluster,
        ['sso', 'set', 'saml', '--contact-center', id, '--metadata-file', '-'],
        await metadata(10),
      );
      await typed(cluster, ['sso', 'enable', 'saml', '--contact-center', id]);
      const left = async () => {
        await startSignOn(cluster);
        const ends = await seriesOf(cluster, service, 'gatehouse_sso_certificate_not_after_seconds', {
          contactCenter: id,
        });
        return ends.length === 0 ? undefined : Math.max(...ends) - Date.now() / 1_000;
      };
      const before = await until('the alert sees the certificate', left);
      mustBe(before < 30 * 86_400, `it ends in ${before} s`);
      const shown = await gatehouse('gatehouse sso test --contact-center <id>', { fill: { '<id>': id } });
      await typed(
        cluster,
        ['sso', 'set', 'saml', '--contact-center', id, '--metadata-file', '-'],
        await metadata(400),
      );
      await until('the new one is known', async () => ((await left()) ?? 0) > 300 * 86_400 || undefined);
      const own = await seriesOf(cluster, service, 'gatehouse_sso_key_not_after_seconds');
      const ownDays = (Math.min(...own) - Date.now() / 1_000) / 86_400;
      mustBe(ownDays > 30, `our own ends in ${ownDays} days`);
      const sentence = shown.split('\n').find((line) => /end|days/.test(line)) ?? '';
      return `10 days left, then 400: ${sentence.trim().slice(0, 80)}; our own ${Math.round(ownDays)} days`;
    } finally {
      await typed(cluster, ['cc', 'delete', id, '--yes']);
    }
  }),
];

async function createContactCenter(cluster: Cluster): Promise<string> {
  const id = randomUUID();
  const args = [
    '--id',
    id,
    '--environment',
    await environmentOf(cluster),
    '--domains',
    domain,
    '--name',
    'Runbook',
  ];
  await typed(cluster, ['cc', 'create', ...args]);
  return id;
}

/** Prepares the incident by commands that are on no page. */
async function typed(cluster: Cluster, args: readonly string[], input?: string): Promise<void> {
  const { exitCode, stdout, stderr } = await runCommandLine(cluster, args, input);
  mustBe(exitCode === 0, `gatehouse ${args.join(' ')} ended with ${exitCode}: ${stdout}${stderr}`);
}

const startSignOn = (cluster: Cluster) => call(cluster, `/auth/v3/sso/start?tenant=${domain}`);

async function metadata(days: number): Promise<string> {
  const [key, file] = ['idp.key', 'idp.crt'].map((name) => path.join(runFolder, name)) as [string, string];
  const names = ['-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=idp', '-keyout', key, '-out', file];
  await run('openssl', ['req', '-x509', '-days', String(days), ...names]);
  const certificate = readFileSync(file, 'utf8').replaceAll(/-----.*-----|\s/g, '');
  for (const one of [key, file]) rmSync(one);
  const namespaces =
    'xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
  return `<EntityDescriptor ${namespaces} entityID="https://idp.example.com">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>
</IDPSSODescriptor></EntityDescriptor>`;
}
