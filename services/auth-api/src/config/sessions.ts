/** Settings of browser sessions: how long they last, and which links end them. */
import { read, setting } from '@gatehouse/service-kit/config';

export const sessionSettings = {
  idleSeconds: setting(read.integer(60, 2_592_000).default(14_400), {
    env: 'GATEHOUSE_SESSION_IDLE_SECONDS',
    doc: 'A browser session that is not used for this time ends, in seconds.',
  }),
  absoluteSeconds: setting(read.integer(60, 2_592_000).default(43_200), {
    env: 'GATEHOUSE_SESSION_ABSOLUTE_SECONDS',
    doc: 'A browser session ends this time after the login, even while it is used, in seconds.',
  }),
  rememberSeconds: setting(read.integer(0, 31_536_000).default(0), {
    env: 'GATEHOUSE_SESSION_REMEMBER_SECONDS',
    doc: 'Lifetime of remembered sessions, which outlive the browser, counted from the login, in seconds. 0: the sign-in page does not offer them.',
  }),
  rememberIdleSeconds: setting(read.integer(60, 31_536_000).default(604_800), {
    env: 'GATEHOUSE_SESSION_REMEMBER_IDLE_SECONDS',
    doc: 'A remembered session that is not used for this time ends, in seconds.',
  }),
  signOutAsksSiblings: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_SIGN_OUT_ASKS_SIBLINGS',
    doc: 'A sign-out link on another host of the same site asks the user first, as one on another site does, unless a client is registered for that host. For domains that are shared with hosts you do not trust.',
  }),
};
