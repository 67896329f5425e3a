/** Names the browser and the system of a User-Agent header, for people. */
import Bowser from 'bowser';
import type { Text } from '../texts/texts.ts';

/** The sender chooses the text: a page shows so much of an unknown one. */
const maxShown = 60;
const maxRead = 512;

export function deviceText(text: Text, userAgent = ''): string {
  if (userAgent === '') return text('account.device.unknown');
  const agent = Bowser.getParser(userAgent.slice(0, maxRead), true);
  const [browser, system] = [agent.getBrowserName(), agent.getOSName()];
  if (browser === '' || system === '') return browser || system || cut(userAgent);
  // People know their telephone and their tablet by other names than that of the system.
  const { model = system } = system === 'iOS' ? agent.getPlatform() : {};
  return text('account.device', { browser: browser.replace(` for ${system}`, ''), system: model });
}

const cut = (userAgent: string) =>
  userAgent.length > maxShown ? `${userAgent.slice(0, maxShown)}…` : userAgent;
