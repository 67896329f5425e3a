/** Checks the public address from here: its name, its certificate, the two services behind it, and whose address they see. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { readDiagnosis } from '@gatehouse/api-client/administration';
import { searchRefusedRequests } from '@gatehouse/api-client/auth-api';
import { authApiDiagnosisPath } from '@gatehouse/contracts/answers';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import type { StepLine } from '../../output/steps.ts';
import type { Session } from '../../session.ts';
import type { Browser } from './browser.ts';
import { untilWritten } from './written.ts';

const timeoutMs = 5000;
const dayMs = 86_400_000;
const warnedDays = 14;

export async function checkPublicAddress(session: Session, browser: Browser): Promise<StepLine[]> {
  const { hostname } = browser.at;
  const name = await nameRow(hostname.replace(/^\[|\]$/g, ''));
  if (name.status === 'failed') return [name];
  const certificate = await certificateRow(session, browser);
  if (certificate.status === 'failed') return [name, certificate];
  return [name, certificate, ...(await servicesRows(browser)), await callerRow(session, browser)];
}

async function nameRow(host: string): Promise<StepLine> {
  const name = 'name';
  if (isIP(host) !== 0) return { name, status: 'skipped', message: `${host} is an address and no name.` };
  try {
    const addresses = await lookup(host, { all: true });
    const list = addresses.map(({ address }) => address).join(', ');
    return { name, status: 'ok', message: `The name service here gives ${list} for ${host}.` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `The name service here does not know ${host} (${code}): add it to the DNS, or say by --public-at where the public address is reached from here.`;
    return { name, status: 'failed', message };
  }
}

async function certificateRow(session: Session, { at, host }: Browser): Promise<StepLine> {
  const name = 'certificate';
  if (at.protocol === 'http:') {
    const message = `${at.origin} does not use TLS, so it has no certificate.`;
    return { name, status: 'skipped', message };
  }
  const { hostname } = new URL(`https://${host}`);
  const found = await firstOf(
    connectTls(
      definedOnly({
        host: at.hostname.replace(/^\[|\]$/g, ''),
        port: Number(at.port || 443),
        servername: isIP(hostname) === 0 ? hostname : undefined,
        ca: session.authorities,
        // The row tells why a certificate is refused, so the connection must open.
        rejectUnauthorized: false,
      }),
    ),
    (socket) => ({
      error: socket.authorizationError,
      until: new Date(socket.getPeerCertificate().valid_to),
    }),
  );
  if (typeof found === 'string') {
    return { name, status: 'failed', message: `${at.host} speaks no TLS that works: ${found}.` };
  }
  const { error, until } = found;
  if (error) {
    const message = `The certificate for ${hostname} is not accepted (${error}). The server must send one for this name with its whole chain; the file of an authority of your own is named by GATEHOUSE_CA_FILE.`;
    return { name, status: 'failed', message };
  }
  const days = Math.floor((until.getTime() - Date.now()) / dayMs);
  const message = `The certificate for ${hostname} has a chain that is trusted, and ends in ${days} days (${until.toISOString().slice(0, 10)}).`;
  return days < warnedDays
    ? { name, status: 'warning', message: `${message} Renew it.` }
    : { name, status: 'ok', message };
}

const document = z.object({ issuer: z.string() });
const health = z.object({ status: z.string() });

/** One name for both: the paths decide which service answers. */
async function servicesRows(browser: Browser): Promise<StepLine[]> {
  const { publicUrl } = browser;
  const issuer = `${publicUrl}/auth/v3`;
  const authApi = await browser.visit('/auth/v3/.well-known/openid-configuration');
  const named = parsed(document, authApi.text)?.issuer;
  const authUi = await browser.visit('/auth/health');
  const state = parsed(health, authUi.text)?.status;
  return [
    named === issuer
      ? { name: 'Auth API', status: 'ok', message: `The discovery document names ${issuer}.` }
      : {
          name: 'Auth API',
          status: 'failed',
          message: `${issuer}/.well-known/openid-configuration ${named === undefined ? `answered ${authApi.status} and is no discovery document: lead /auth/v3 to Auth API` : `names ${named}: the name leads to another installation`}.`,
        },
    authUi.status === 200 && state === 'pass'
      ? { name: 'Auth UI', status: 'ok', message: 'Auth UI answers, and reaches Auth API.' }
      : {
          name: 'Auth UI',
          status: 'failed',
          message: `${publicUrl}/auth/health answered ${authUi.status}${state === undefined ? ': lead /auth to Auth UI' : `, status ${state}: Auth UI does not reach Auth API`}.`,
        },
  ];
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** An address for documentation (RFC 5737): no caller has it. */
const forged = '192.0.2.1';
const refusedPath = '/auth/v3/oauth/authorize?client_id=gatehouse-doctor';

/** Sends a request that is refused under a forged address, and reads which address was written down for it. */
async function callerRow(session: Session, browser: Browser): Promise<StepLine> {
  const name = 'caller address';
  const { headers } = await browser.http.send({
    path: refusedPath,
    alsoStatuses: [400],
    headers: { host: browser.host, 'x-forwarded-for': forged },
  });
  const correlationId = String(headers['x-request-id'] ?? '');
  const seen = await untilWritten(async () => {
    const { requests } = await searchRefusedRequests(session.authApi, { correlationId });
    return requests[0]?.clientAddress;
  });
  if (seen === undefined) {
    const message = `Auth API did not write down the request ${correlationId}, which it refuses: is the public address that of this installation?`;
    return { name, status: 'failed', message };
  }
  if (seen === forged) {
    const message = `A caller can choose its address: Auth API believed ${forged}, which was forged. Let the proxy replace X-Forwarded-For, and name in http.trustedProxies the proxies alone: this machine must not be among them.`;
    return { name, status: 'failed', message };
  }
  // The request came with X-Forwarded-For, so the diagnosis names the proxy when it is not trusted.
  const { findings } = await readDiagnosis(session.authApi, authApiDiagnosisPath);
  const untrusted = findings.find((finding) => finding.name === 'Trusted proxies' && finding.status !== 'ok');
  if (untrusted?.message.includes(seen)) return { name, status: 'failed', message: untrusted.message };
  const message = `A forged X-Forwarded-For was not believed. Auth API sees ${seen} for this machine; when that is the address of a proxy, add it to http.trustedProxies.`;
  return { name, status: 'ok', message };
}

/** What is read of a connection once it is open, or why it does not open. */
function firstOf<T>(socket: TLSSocket, read: (socket: TLSSocket) => T): Promise<T | string> {
  const { promise, resolve } = Promise.withResolvers<T | string>();
  socket.setTimeout(timeoutMs, () => resolve(`no answer within ${timeoutMs / 1000} s`));
  socket.once('error', ({ message }) => resolve(message));
  socket.once('secureConnect', () => resolve(read(socket)));
  return promise.finally(() => socket.destroy());
}
