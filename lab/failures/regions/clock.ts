/** Asks which tokens two regions take of each other when the machines of one region have a wrong clock, and are let in with it. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { users } from '../../../tools/stack/provisioning/demo.ts';
import type { Findings } from '../../harness/findings.ts';
import { basic } from '../../harness/http.ts';
import { createBrowser } from './browser.ts';
import { createCallers } from './callers.ts';
import { clients, type Installation, redirectUri } from './installation.ts';

const preload = new URL('./shifted-clock.mjs', import.meta.url);

/** The second region starts with a clock that is wrong by so much. */
export async function checkClock(installation: Installation, shiftSeconds: number, findings: Findings) {
  const { publicUrl, first, second, settings } = installation;
  await second.roll({
    ...settings.readOnly,
    // Its time is that of PostgreSQL whatever its machine says; by default it would not be ready.
    GATEHOUSE_CLOCK_MAX_DIFFERENCE_MS: '60000',
    CLOCK_SHIFT_MS: String(shiftSeconds * 1000),
    NODE_OPTIONS: `--import ${preload.href}`,
  });
  const [right, wrong] = [createCallers(first, publicUrl), createCallers(second, publicUrl)];
  const [ofRight, ofWrong] = [await right.logIn('jwt'), await wrong.logIn('jwt')];
  const what = (text: string) => `${shiftSeconds > 0 ? '+' : ''}${shiftSeconds} s: ${text}`;
  await findings.expect(what('JWT of the right clock, asked at the wrong one'), true, () =>
    wrong.isActive(ofRight.access),
  );
  await findings.expect(what('JWT of the wrong clock, asked at the right one'), true, () =>
    right.isActive(ofWrong.access),
  );
  await findings.expect(what('refresh at the wrong clock'), 200, async () => {
    const { status } = await wrong.refresh('jwt', ofWrong.refresh);
    return status;
  });
  await findings.expect(what('DPoP proof of a right clock at the wrong one'), 200, () =>
    proofStatus(installation),
  );
  await findings.expect(what('revoked at the right clock'), 200, async () => {
    const { status } = await right.revoke('jwt', ofWrong.access);
    return status;
  });
  await findings.eventually(what('… and refused at the wrong one'), false, () =>
    wrong.isActive(ofWrong.access),
  );
  await findings.expect(what('sign-in by the pages and session at the wrong clock'), true, async () => {
    const browser = createBrowser({ publicUrl, clientId: clients.jwt.client_id, redirectUri });
    await browser.signIn(second.url, { ...users[0] });
    return browser.isSignedIn(second.url);
  });
  if (shiftSeconds > 0) await checkPersonEnd(installation, findings);
  if (shiftSeconds > 0) await checkContactCenterEnd(installation, findings);
}

/** A not-before is compared with the time at which the other region issued: both are PostgreSQL's. */
async function checkPersonEnd({ publicUrl, first, second }: Installation, findings: Findings) {
  const [right, ahead] = [createCallers(first, publicUrl), createCallers(second, publicUrl)];
  const [ofRight, ofAhead] = [await right.logIn('jwt'), await ahead.logIn('jwt')];
  await findings.expect('+30 s: person ended at the right clock', 200, async () => {
    const { status } = await right.endPerson();
    return status;
  });
  await findings.expect('+30 s: … ends the JWT of the right clock', false, () =>
    right.isActive(ofRight.access),
  );
  await findings.eventually('+30 s: … and that of the machine ahead', false, () =>
    right.isActive(ofAhead.access),
  );
}

async function checkContactCenterEnd({ publicUrl, first, second }: Installation, findings: Findings) {
  const [right, ahead] = [createCallers(first, publicUrl), createCallers(second, publicUrl)];
  const { access } = await ahead.logIn('jwt');
  await right.changeContactCenter('disabled');
  await findings.eventually('+30 s: contact centre disabled, seen by its number and stamp', false, () =>
    ahead.isActive(access),
  );
  await findings.eventually('+30 s: … and the JWT of the clock ahead is refused everywhere', false, () =>
    right.isActive(access),
  );
}

async function proofStatus({ publicUrl, second }: Installation): Promise<number> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const proof = await new SignJWT({ htm: 'POST', htu: `${publicUrl}/auth/v3/oauth/token`, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
    .setIssuedAt()
    .sign(privateKey);
  const { client_id: id, client_secret: secret } = clients.jwt;
  const answer = await fetch(`${second.url}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic(id, secret), dpop: proof },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  await answer.body?.cancel();
  return answer.status;
}
