/** Proves on a running installation that people can sign in and that every store takes part. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import { until } from '../programs/execute.ts';
import { enterName, enterPassword } from '../stack/login-pages.ts';
import { type Installation, publicUrl } from './installation.ts';

const redirectUri = 'http://localhost:3000/callback';
const searchLimitMs = 60_000;

/** Runs the printed lines: they load the demo installation and the client, and get a token of the agent. */
export async function firstLogin(installation: Installation): Promise<string> {
  const output = await installation.firstLogin();
  if (!output.includes('Found through the service "config-server" in Consul')) throw new Error(output);
  return 'a token; Configuration Server found through Consul, over TLS with client certificates';
}

/** Chromium goes through the pages and the code is redeemed, with the demo's authority trusted. */
export async function signIn({ caFile }: Installation): Promise<string> {
  const program = findChromium();
  if (program === undefined) throw new Error('no Chromium is on the PATH');
  const browser = await launchChromium(program);
  try {
    // The certificate itself is verified by the redemption of the code below.
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'demo-app',
      redirect_uri: redirectUri,
      scope: 'openid profile',
      state: 'compose',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const arrived = page.waitForRequest((one) => one.url().startsWith(redirectUri));
    await page.goto(`${publicUrl}/auth/v3/oauth/authorize?${query}`);
    await enterName(page, { username: 'agent', tenant: 'demo' });
    await enterPassword(page, 'demo-agent-password');
    const code = new URL((await arrived).url()).searchParams.get('code') ?? '';
    const token = await redeem({ code, code_verifier: verifier }, readFileSync(caFile, 'utf8'));
    if (token.id_token === undefined) throw new Error(`no ID token: ${JSON.stringify(token)}`);
    return 'a login in Chromium, code redeemed over verified TLS';
  } finally {
    await browser.close();
  }
}

function redeem(proof: { code: string; code_verifier: string }, ca: string): Promise<{ id_token?: string }> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    redirect_uri: redirectUri,
    ...proof,
  });
  return new Promise((resolve, reject) => {
    const options = {
      ca,
      method: 'POST',
      auth: 'demo-app:demo-secret-of-demo-app',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    const call = request(`${publicUrl}/auth/v3/oauth/token`, options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text) as { id_token?: string }));
    });
    call.on('error', reject);
    call.end(body.toString());
  });
}

/** Waits until the login of the agent has arrived as a document. */
export async function findInElasticsearch({ docker, container, secret }: Installation): Promise<string> {
  const search = 'https://localhost:9200/logs-gatehouse.audit-default/_search?q=user.name:agent';
  const tls = ['--cacert', '/usr/share/elasticsearch/config/tls/ca.crt'];
  const account = ['--user', `elastic:${secret('GATEHOUSE_ELASTICSEARCH_PASSWORD')}`];
  const curl = ['exec', container('elasticsearch'), 'curl', '--silent', ...tls, ...account];
  const deadlineMs = performance.now() + searchLimitMs;
  for (;;) {
    const answer = await docker(...curl, search);
    const { hits } = JSON.parse(answer) as { hits?: { total: { value: number } } };
    if (hits && hits.total.value > 0)
      return `${hits.total.value} audit documents of the agent in Elasticsearch`;
    if (performance.now() > deadlineMs) throw new Error(`Elasticsearch has no event of the login: ${answer}`);
    await wait(1000);
  }
}

/** From the start of the process to its first answer that it is ready: seconds, and those of a processor. */
export async function startTime(installation: Installation, service: string): Promise<string> {
  const { docker, container, inspect } = installation;
  await docker('restart', '--time', '0', container(service));
  const { StartedAt: startedAt, Pid: pid } = await inspect<{ StartedAt: string; Pid: number }>(
    service,
    '.State',
  );
  const networks = await inspect<Record<string, { IPAddress: string }>>(service, '.NetworkSettings.Networks');
  const url = `http://${Object.values(networks)[0]?.IPAddress}:8081/readyz`;
  const isReady = () =>
    fetch(url).then(
      (answer) => answer.ok || undefined,
      () => undefined,
    );
  await until(`${service} is ready`, isReady, { everyMs: 20 });
  const wallMs = Date.now() - Date.parse(startedAt);
  // Fields 14 and 15 of /proc/PID/stat, in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * 10;
  return `${(wallMs / 1000).toFixed(1)} s, ${(cpuMs / 1000).toFixed(1)} s of a processor`;
}
