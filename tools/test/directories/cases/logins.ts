/** Tries who may sign in, and under which names. */
import { expect } from 'vitest';
import { createBrowser } from '../../../../services/auth-api/test/stack/browser.ts';
import { signIn, startInteraction } from '../../../../services/auth-api/test/stack/interaction.ts';
import { type Door, outcome } from '../door.ts';

export type Case = (name: string, run: (door: Door) => Promise<void>) => void;

/** Characters that may stand in a name at every directory. */
const oddNames = ['star*', 'paren(the)sis)', 'comma,equals=', 'back\\slash', 'jörg 東京', 'o\'brien+#;<>"'];

export function loginCases(test: Case): void {
  test('the right password signs in: at the page, for programs, and for tokens', async (door) => {
    const { userName, password } = await door.person();
    const { authApi } = door;
    const browser = createBrowser(authApi.app);
    const interaction = await startInteraction(authApi, browser);
    const typed = { username: userName, password, tenant: door.source.domain };
    const onward = await signIn(authApi, browser, interaction, typed);
    expect(onward.location).toContain('/authorize/resume');
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
    expect(outcome(await door.login(userName, password))).toBe('200 ok');
    expect((await door.grant(userName, password)).status).toBe(200);
  });

  test('a wrong password, a user that does not exist and a disabled one are refused alike', async (door) => {
    const { userName } = await door.person();
    const off = await door.person();
    await door.source.disable(off.userName);
    const attempts = [
      [userName, 'Wrong-Horse-1'],
      ['nobody-of-that-name', off.password],
      [off.userName, off.password],
    ] as const;
    for (const [name, text] of attempts) {
      expect(outcome(await door.login(name, text)), name).toBe('401 bad_credentials');
      const granted = await door.grant(name, text);
      expect([granted.status, granted.json().error], name).toEqual([400, 'invalid_grant']);
    }
  });

  test('a user name counts in any case, and is shown as the directory spells it', async (door) => {
    const { userName, password } = await door.person();
    const claims = await Promise.all(
      [userName, userName.toUpperCase(), userName.toLowerCase()].map(async (name) =>
        door.identity((await door.grant(name, password)).json()),
      ),
    );
    expect(new Set(claims.map(({ sub }) => sub)).size).toBe(1);
    for (const { loginName } of claims) expect(loginName).toBe(userName);
  });

  test('tenant\\user is the same account as both apart, and no account of another tenant', async (door) => {
    const { userName, password } = await door.person();
    const login = (typed: object) =>
      door.newBrowser().postJson('/auth/v3/sign-in', { data: { ...typed, password } });
    const { domain } = door.source;
    expect(outcome(await login({ username: `${domain.toUpperCase()}\\${userName}` }))).toBe('200 ok');
    // The tenant in the name wins.
    expect(outcome(await login({ username: `${domain}\\${userName}`, tenant: 'nowhere' }))).toBe('200 ok');
    expect(outcome(await login({ username: `nowhere\\${userName}`, tenant: domain }))).toBe(
      '401 bad_credentials',
    );
  });

  test('an empty password is no password', async (door) => {
    const { userName } = await door.person();
    expect(outcome(await door.login(userName, ''))).toBe('400 credentials_required');
    expect((await door.grant(userName, '')).json().error).toBe('invalid_request');
    expect(outcome(await door.change(userName, '', 'Another-Horse-2'))).toBe('400 credentials_required');
  });

  test('names and passwords beyond every length are wrong ones', async (door) => {
    const { userName, password } = await door.person();
    for (const name of ['n'.repeat(255), 'ﷺ'.repeat(255), 'n'.repeat(256), 'n'.repeat(5_000)])
      expect(outcome(await door.login(name, password))).toBe('401 bad_credentials');
    for (const text of ['p'.repeat(1_024), 'ä'.repeat(512), 'p'.repeat(5_000)]) {
      const strange = await door.person();
      expect(outcome(await door.login(strange.userName, text))).toBe('401 bad_credentials');
      expect(outcome(await door.change(strange.userName, text, 'Another-Horse-2'))).toBe(
        '403 bad_credentials',
      );
    }
    expect(outcome(await door.login(userName, password))).toBe('200 ok');
  });

  test('a name is only a name: patterns, filters, controls and other spaces find nobody', async (door) => {
    const { userName, password } = await door.person();
    const names = [
      '*',
      `${userName}*`,
      `${userName.slice(0, -1)}?`,
      `${userName})(objectClass=*`,
      `*)(uid=${userName}))(|(uid=*`,
      `\\2a`,
      `${userName}\\00`,
      `${userName}\0`,
      `\0`,
      `${userName},ou=people`,
      `uid=${userName}`,
      `${userName}' OR '1'='1`,
      `${userName.slice(0, 3)}  ${userName.slice(3)}`,
      `${userName}\u200b`,
      '\ud800',
    ];
    for (const name of names) {
      const answer = await door.newBrowser().postJson('/auth/v3/sign-in', {
        data: { username: `${door.source.domain}\\${name}`, password },
      });
      expect(outcome(answer), JSON.stringify(name)).toBe('401 bad_credentials');
    }
  });

  test('people whose names hold * ( ) , = \\ quotes, spaces and other letters sign in and renew', async (door) => {
    for (const odd of oddNames) {
      const plain = await door.person();
      const userName = `${plain.userName} ${odd}`;
      await door.source.rename(plain.userName, userName);
      const granted = await door.grant(userName, plain.password);
      expect(granted.status, `${odd} ${granted.body}`).toBe(200);
      expect(await door.userinfo(granted.json())).toMatchObject({ loginName: userName });
      expect((await door.refresh(granted.json())).status, odd).toBe(200);
    }
  });

  test('a password holds any characters, and each counts', async (door) => {
    for (const password of [' Horse:1 with spaces ', 'Pferd-1-Übermut-東京', '"Horse\\1"*()%00&=+#']) {
      const { userName } = await door.person({ password });
      expect(outcome(await door.login(userName, password)), password).toBe('200 ok');
      expect((await door.grant(userName, password)).status, password).toBe(200);
      for (const text of [password.trim(), `${password}\0`, password.toUpperCase(), `${password} `])
        if (text !== password)
          expect(outcome(await door.login(userName, text)), text).toMatch(
            /^(?:401 bad_credentials|429 throttled)$/,
          );
    }
  });
}
