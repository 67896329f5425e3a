/** The lines of the guides, pasted into a shell one after the other. */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ops } from '../stack/auth-api.ts';
import { followAndSignIn, type ListeningAuthApi, startListening } from '../stack/listening.ts';
import { challenge, verifier } from '../stack/oauth.ts';

const folder = new URL('../../../../docs/guides/grants/', import.meta.url);
const read = (guide: string) => readFileSync(new URL(guide, folder), 'utf8');
const guides = readdirSync(folder).filter((name) => name !== 'README.md');
const registrationToken = randomToken();
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let stack: ListeningAuthApi;
beforeAll(async () => {
  stack = await startListening({ GATEHOUSE_REGISTRATION_TOKEN: registrationToken });
});
afterAll(() => stack?.close());

/** What a reader does with an answer: the guides say which part of it goes into which variable. */
function keep(variables: Map<string, string>, answer: Record<string, unknown>): void {
  const names = {
    access_token: variables.has('SUBJECT_TOKEN') ? ['TOKEN', 'ACTOR_TOKEN'] : ['TOKEN', 'SUBJECT_TOKEN'],
    refresh_token: ['REFRESH_TOKEN'],
    jwtToken: ['ASSERTION'],
    device_code: ['DEVICE_CODE'],
    auth_req_id: ['AUTH_REQ_ID'],
    registration_access_token: ['CLIENT_TOKEN'],
    registration_client_uri: ['CLIENT_URI'],
  };
  for (const [member, into] of Object.entries(names)) {
    const value = answer[member];
    if (typeof value === 'string') for (const name of into) variables.set(name, value);
  }
}

async function getCode(): Promise<string> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'guide-portal',
    redirect_uri: 'https://portal.example.com/callback',
    scope: 'openid email',
    state: 'a-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const back = await followAndSignIn(stack, `${stack.issuer}/oauth/authorize?${query}`);
  return back.searchParams.get('code') ?? '';
}

describe.skipIf(!hasCurl)('the lines of docs/guides/grants', () => {
  it.each(guides)('%s', async (guide) => {
    const blocks = [...read(guide).matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines = '']) => lines);
    const variables = new Map([
      ['AUTH', stack.issuer],
      ['OPS', `${ops.username}:${ops.password}`],
      ['VERIFIER', verifier],
      ['CHALLENGE', challenge],
      ['REGISTRATION_TOKEN', registrationToken],
    ]);
    expect(blocks.length).toBeGreaterThan(0);
    for (const lines of blocks) {
      if (lines.includes('"$CODE"')) variables.set('CODE', await getCode());
      const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', lines], {
        env: { PATH: process.env['PATH'] ?? '', ...Object.fromEntries(variables) },
      });
      // A signed answer has nothing that the next line needs.
      if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(stdout.trim())) continue;
      const answer = JSON.parse(stdout);
      // Of a device whose user has not answered yet.
      if (answer.error !== 'authorization_pending') expect(answer, lines).not.toHaveProperty('error');
      expect(answer.status?.code ?? 0, lines).toBe(0);
      if ('location' in answer) expect(answer.location, lines).toMatch(/[?]code=|#access_token=/);
      keep(variables, answer);
    }
  });
});
