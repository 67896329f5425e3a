/** Finds and starts the Chromium of this machine. */
import { type Browser, chromium } from 'playwright-core';
import { findProgram } from './programs.ts';

/** Undefined when there is none; tests that need it are then skipped by name. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return process.env['CHROMIUM_PATH'] || findProgram(...names);
}

/** `more`: arguments beside those of every test. */
export function launchChromium(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
