/** Signs a person in through the public address, as a browser does: an authorization code with PKCE, of which Auth UI is the client. Then signs out. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import type { StepLine } from '../../output/steps.ts';
import { wordsFor } from '../../output/words.ts';
import type { Session } from '../../session.ts';
import type { Browser, Page } from './browser.ts';
import { untilWritten } from './written.ts';

export interface Account {
  userName: string;
  password: string;
}

type Verdict = Pick<StepLine, 'status' | 'message'>;

/** It shows who is there, to every person. */
const accountPath = '/auth/account';
const namePath = '/auth/sign-in.html';

export async function signInRow(
  session: Session,
  browser: Browser,
  account: Account | undefined,
): Promise<StepLine[]> {
  if (account === undefined) {
    const message =
      'Not tried: name an account by --sign-in-username and --sign-in-password-file, or by GATEHOUSE_SIGN_IN_USERNAME and GATEHOUSE_SIGN_IN_PASSWORD.';
    return [{ name: 'sign-in', status: 'skipped', message }];
  }
  const startedMs = performance.now();
  const verdict = await signIn(session, browser, account);
  return [{ name: 'sign-in', ...verdict, durationMs: Math.round(performance.now() - startedMs) }];
}

async function signIn(session: Session, browser: Browser, account: Account): Promise<Verdict> {
  const { userName, password } = account;
  const first = await browser.visit(accountPath);
  if (first.url.pathname !== namePath || first.status !== 200)
    return failed(`Instead of the sign-in page came ${first.url.pathname} with status ${first.status}.`);
  const named = await browser.visit(namePath, { ...hidden(first), username: userName, tenant: '' });
  if (named.status !== 200)
    return failed(
      `The sign-in page answered the user name with ${named.status} (request ${named.requestId}).`,
    );
  if (!named.text.includes('name="password"')) {
    const message = `${userName} signs in at an identity provider, which is not tried here: gatehouse sso test asks it.`;
    return { status: 'skipped', message };
  }
  const form = { ...hidden(named), username: userName, tenant: '', password };
  const last = await browser.visit('/auth/v3/sign-in', form);
  if (last.url.pathname !== accountPath) return notLetIn(session, account, last);
  if (last.status !== 200)
    return failed(`${userName} was let in, but ${accountPath} answered ${last.status} (${last.requestId}).`);
  const left = await browser.visit(`${accountPath}/sign-out`, { csrf: fieldOf(last, 'csrf') });
  const out = left.status === 200 ? 'and out again' : `but not out again (status ${left.status})`;
  return {
    status: left.status === 200 ? 'ok' : 'warning',
    message: `${userName} signed in by password through ${browser.publicUrl} ${out}.`,
  };
}

async function notLetIn(session: Session, { userName }: Account, last: Page): Promise<Verdict> {
  const { pathname } = last.url;
  if (/second-step|second-factor/.test(pathname)) {
    const message = `The password of ${userName} is right. The account then needs a second factor, which is not tried here: name an account without one.`;
    return { status: 'warning', message };
  }
  const audit = createAuditCalls(session.authApi);
  const reason = await untilWritten(async () => {
    const { data } = await audit.find({ correlationId: last.requestId });
    return data.map(({ fields }) => fields['reason']).find((one) => typeof one === 'string');
  });
  const why = reason === undefined ? `it ended at ${pathname}` : wordsFor('reason', reason);
  return failed(`${userName} was not let in: ${why} (request ${last.requestId}).`);
}

const failed = (message: string): Verdict => ({ status: 'failed', message });

/** What the pages of a sign-in put into their forms. */
const hidden = (page: Page) => ({
  interaction: fieldOf(page, 'interaction'),
  csrf: fieldOf(page, 'csrf'),
});

/** The values are random letters, which HTML writes as they are. */
const fieldOf = ({ text }: Page, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
