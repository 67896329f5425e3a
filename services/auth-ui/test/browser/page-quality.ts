/** Looks at a page as its readers do: each check names what is wrong, and nothing when all is well. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { vi } from 'vitest';
import {
  brokenWords,
  controlsInOrder,
  focusedControl,
  lostControls,
  spilledText,
  startAtTop,
} from './in-page.ts';

/** From the smallest phone to a 4K screen. */
const widths = [320, 375, 640, 768, 1024, 1280, 1920, 3840];

/** All that axe knows, as the page is now. */
export async function accessibilityProblems(page: Page, rules?: string[]): Promise<string[]> {
  // The policy of our pages refuses foreign scripts, so the checker comes in by the debugger.
  await page.evaluate(axe.source);
  return page.evaluate(async (only) => {
    interface Violation {
      id: string;
      nodes: { html: string }[];
    }
    type Run = (options: object) => Promise<{ violations: Violation[] }>;
    const { axe } = globalThis as unknown as { axe: { run: Run } };
    // What a frame shows is a page of its own, and no rule that we break waits for style sheets to be loaded once more.
    const options = { iframes: false, preload: false, resultTypes: ['violations'] };
    const { violations } = await axe.run(only ? { ...options, runOnly: only } : options);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, rules);
}

/** In the dark and with the colours of the system. */
export async function contrastProblems(page: Page): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, media] of [
    ['dark', { colorScheme: 'dark' }],
    ['forced colours', { colorScheme: 'light', forcedColors: 'active' }],
  ] as const) {
    // Without transitions, which would be caught half way.
    await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
    problems.push(
      ...prefixed(name, await accessibilityProblems(page, ['color-contrast', 'link-in-text-block'])),
    );
  }
  problems.push(...prefixed('forced colours', await page.evaluate(lostControls)));
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' });
  return problems;
}

/** Text that leaves the window or its box, and words that are broken, as the page is now. */
export async function spillProblems(page: Page): Promise<string[]> {
  const width = page.viewportSize()?.width;
  return prefixed(`${width} px`, [
    ...(await page.evaluate(spilledText)),
    ...(await page.evaluate(brokenWords)),
  ]);
}

async function spillProblemsAt(page: Page, wanted: readonly number[]): Promise<string[]> {
  const problems: string[] = [];
  for (const width of wanted) {
    await page.setViewportSize({ width, height: width < 700 ? 640 : 800 });
    problems.push(...(await spillProblems(page)));
  }
  return problems;
}

/** The same at every width, and at the double size of text; leaves the page on a desk. */
export async function layoutProblems(page: Page): Promise<string[]> {
  const problems = await spillProblemsAt(page, widths);
  const session = await page.context().newCDPSession(page);
  // As in the settings of the browser, which also moves the widths at which a page changes its columns.
  const sizeOfText = (standard: number) => session.send('Page.setFontSizes', { fontSizes: { standard } });
  await sizeOfText(32);
  problems.push(...prefixed('text of 200 %', await spillProblemsAt(page, [640, 1280, 1920])));
  await sizeOfText(16);
  await session.detach();
  await page.setViewportSize({ width: 1280, height: 800 });
  return problems;
}

/** Tab reaches every control, in the order of the page, and shows where it is. */
export async function keyboardProblems(page: Page): Promise<string[]> {
  const expected = await page.evaluate(controlsInOrder);
  const problems: string[] = [];
  const reached: number[] = [];
  await page.evaluate(startAtTop);
  // A field for a day and a time has a place for each of its parts.
  const placesOfDates = 8 * (await page.locator('input[type^=date]').count());
  for (let step = 0; step <= expected.length + 2 + placesOfDates; step += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(focusedControl);
    if (now !== undefined && now.index === reached.at(-1)) continue;
    if (now === undefined || reached.includes(now.index)) break;
    reached.push(now.index);
    if (now.problem) problems.push(now.problem);
  }
  const inOrder = [...reached].sort((left, right) => left - right);
  if (inOrder.join() !== reached.join()) problems.push(`the order of Tab is ${reached.join()}`);
  for (const [index, name] of expected.entries())
    if (!reached.includes(index)) problems.push(`Tab does not reach ${name}`);
  return problems;
}

/** With `prefers-reduced-motion` nothing moves. */
export async function motionProblems(page: Page): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const problems = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
        const moves = transitionDuration.split(',').some((duration) => Number.parseFloat(duration) > 0.001);
        return moves || animationName !== 'none' || scrollBehavior === 'smooth';
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class')} moves`),
  );
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  return problems;
}

/** What the policy of the page leaves open. */
export function policyProblems(policy = '', hasScript: boolean): string[] {
  const problems = ['unsafe-inline', 'unsafe-eval', 'unsafe-hashes', '*'].filter((word) =>
    policy.split(/[ ;]+/).some((source) => source.replaceAll("'", '') === word),
  );
  if (hasScript && !policy.includes("require-trusted-types-for 'script'")) problems.push('no trusted types');
  if (!policy.includes("default-src 'none'")) problems.push('default-src');
  return problems.map((problem) => `policy: ${problem}`);
}

/** What the page complains about in the console: a blocked resource, a failed load, a broken script. */
export function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

export interface Weight {
  requests: number;
  /** As it came over the wire, headers included. */
  bytes: number;
}

/** Of one visit with an empty cache. */
export async function weigh(page: Page, visit: () => Promise<unknown>): Promise<Weight> {
  const session = await page.context().newCDPSession(page);
  const weight = { requests: 0, bytes: 0 };
  // A redirect is the same request once more.
  const pending = new Set<string>();
  // What frames of other sites load is theirs.
  const { frameTree } = await session.send('Page.getFrameTree');
  session.on('Network.requestWillBeSent', ({ requestId, frameId }) => {
    if (frameId === frameTree.frame.id) pending.add(requestId);
  });
  session.on('Network.loadingFailed', ({ requestId }) => pending.delete(requestId));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!pending.delete(requestId)) return;
    weight.requests += 1;
    weight.bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await visit();
  // The icon comes after the page has loaded.
  await vi.waitUntil(() => pending.size === 0 && weight.requests > 0, { timeout: 10_000, interval: 50 });
  await session.detach();
  return weight;
}

function prefixed(prefix: string, problems: string[]): string[] {
  return problems.map((problem) => `${prefix}: ${problem}`);
}
