/** Incidents of single sign-on: an identity provider that is away, and a certificate that ends soon. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { call, environmentOf } from '../load/call.ts';
import { runFolder } from '../places.ts';
import { becomes, mustBe, type Step } from '../step.ts';
import { seriesOf } from './metrics.ts';
import { type Operator, runbook, runCommandLine, service } from './operator.ts';

const domain = 'runbook';
const daySeconds = 86_400;

export const singleSignOnIncidents = [
  withContactCenter('Single sign-on fails', async ({ cluster, gatehouse, logged, sum }, id) => {
    // No such name: what an identity provider looks like that is away.
    const provider = ['--issuer', 'https://idp.example.com', '--client-id', 'gatehouse'];
    await setUp(cluster, id, 'oidc', [...provider, '--token-endpoint-auth-method', 'none']);
    const failed = () => sum('gatehouse_sso_sign_ins_total', { protocol: 'oidc', outcome: /^(?!success$)/ });
    const before = await failed();
    await becomes('logins fail', async () => {
      await startSignOn(cluster);
      return (await failed()) > before;
    });
    const line = await logged('"event":"sso_failed"');
    mustBe(line.includes(id), 'the log does not name the contact centre');
    const fill = { '<id>': id };
    const said = await gatehouse('gatehouse sso test --contact-center <id>', { fill, exits: 1 });
    mustBe(said.includes('idp.example.com'), `the test does not name the identity provider:\n${said}`);
    return `gatehouse_sso_sign_ins_total ${before} to ${await failed()}; ${(JSON.parse(line) as { detail: string }).detail}`;
  }),

  withContactCenter('A certificate ends', async ({ cluster, gatehouse }, id) => {
    const trustFor = async (days: number) =>
      setUp(cluster, id, 'saml', ['--metadata-file', '-'], await metadata(days));
    const secondsLeft = async () => {
      await startSignOn(cluster);
      const name = 'gatehouse_sso_certificate_not_after_seconds';
      const ends = await seriesOf(cluster, service, name, { contactCenter: id });
      return ends.length === 0 ? undefined : Math.max(...ends) - Date.now() / 1_000;
    };
    await trustFor(10);
    const before = await until('the alert sees the certificate', secondsLeft);
    mustBe(before < 30 * daySeconds, `it ends in ${before} s`);
    const shown = await gatehouse('gatehouse sso test --contact-center <id>', { fill: { '<id>': id } });
    await trustFor(400);
    await becomes('the new one is known', async () => ((await secondsLeft()) ?? 0) > 300 * daySeconds);
    const own = await seriesOf(cluster, service, 'gatehouse_sso_key_not_after_seconds');
    const ownDays = (Math.min(...own) - Date.now() / 1_000) / daySeconds;
    mustBe(ownDays > 30, `our own ends in ${ownDays} days`);
    const sentence = shown.split('\n').find((line) => /end|days/.test(line)) ?? '';
    return `10 days left, then 400: ${sentence.trim().slice(0, 80)}; our own ${Math.round(ownDays)} days`;
  }),
];

/** There is a contact centre of its own during the incident. */
function withContactCenter(title: string, act: (operator: Operator, id: string) => Promise<string>): Step {
  return runbook(title, async (operator) => {
    const { cluster } = operator;
    const id = randomUUID();
    const place = ['--id', id, '--environment', await environmentOf(cluster)];
    await typed(cluster, ['cc', 'create', ...place, '--domains', domain, '--name', 'Runbook']);
    try {
      return await act(operator, id);
    } finally {
      await typed(cluster, ['cc', 'delete', id, '--yes']);
    }
  });
}

async function setUp(cluster: Cluster, id: string, protocol: string, args: string[], input?: string) {
  await typed(cluster, ['sso', 'set', protocol, '--contact-center', id, ...args], input);
  await typed(cluster, ['sso', 'enable', protocol, '--contact-center', id]);
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
