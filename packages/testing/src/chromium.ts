/** Finds and starts the Chromium of this machine. */
import { type Browser, chromium } from 'playwright-core';
import { findProgram } from './programs/programs.ts';

/** Undefined when there is none; tests that need it are then skipped by name. */
export function findChromium(): string | undefined {
  // The build without windows first: a page takes it a third of the CPU time.
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'];
  return process.env['CHROMIUM_PATH'] || findProgram(...names, 'google-chrome-stable');
}

let shared: Promise<Browser> | undefined;

/**
 * One browser for all files of a test process, which run one after the other: a start costs as much as ten pages. A file closes
 * what it opened by `closeContexts`; the browser ends with the process.
 */
export function sharedChromium(): Promise<Browser> {
  shared ??= launchChromium(findChromium() ?? 'chromium');
  return shared;
}

export async function closeContexts(browser: Browser | undefined): Promise<void> {
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
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
