/** Looks at a page as its readers do: each check names what is wrong, and nothing when all is well. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { vi } from 'vitest';

/** From the smallest phone to a 4K screen. */
const widths = [320, 375, 640, 768, 1280, 1920, 3840];

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
    const { violations } = await axe.run(only ? { runOnly: only } : {});
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }, rules);
}

/** In both colour schemes and with the colours of the system; the scheme that the page came with is looked at in full. */
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

/** Text that leaves the page or its box, at every width, and at the double size of text. */
export async function layoutProblems(page: Page): Promise<string[]> {
  const problems: string[] = [];
  const look = async (name: string) => problems.push(...prefixed(name, await page.evaluate(spilledText)));
  for (const width of widths) {
    await page.setViewportSize({ width, height: width < 700 ? 640 : 800 });
    await look(`${width} px`);
  }
  const session = await page.context().newCDPSession(page);
  // As in the settings of the browser, which also moves the widths at which a page changes its columns.
  const sizeOfText = (standard: number) => session.send('Page.setFontSizes', { fontSizes: { standard } });
  await sizeOfText(32);
  for (const width of [640, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    await look(`text of 200 % at ${width} px`);
  }
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
  for (let step = 0; step <= expected.length + 2; step += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(focusedControl);
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

/** Of one visit to an address with an empty cache. */
export async function weigh(page: Page, url: string): Promise<Weight> {
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
    pending.delete(requestId);
    weight.requests += 1;
    weight.bytes += encodedDataLength;
  });
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(url);
  // The icon comes after the page has loaded.
  await vi.waitUntil(() => pending.size === 0 && weight.requests > 0, { timeout: 10_000, interval: 50 });
  await session.detach();
  return weight;
}

function prefixed(prefix: string, problems: string[]): string[] {
  return problems.map((problem) => `${prefix}: ${problem}`);
}

// The functions below run in the page.

/** Text outside of the window, or cut off by a box around it; what is hidden on purpose does not count. */
function spilledText(): string[] {
  const isHiddenOnPurpose = (element: Element) => {
    for (let box: Element | null = element; box; box = box.parentElement)
      if (getComputedStyle(box).clipPath !== 'none') return true;
    return false;
  };
  const problems = new Set<string>();
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) problems.add(`scrolls sideways by ${scrollWidth - clientWidth} px`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || node.textContent?.trim() === '' || !parent.checkVisibility({ visibilityProperty: true }))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (text.width === 0) continue;
    // Only for screen readers.
    if (isHiddenOnPurpose(parent)) continue;
    const words = node.textContent?.trim().slice(0, 40);
    let mayScroll = false;
    for (let box: Element | null = parent; box; box = box.parentElement) {
      const { overflowX, overflowY, textOverflow } = getComputedStyle(box);
      const edge = box.getBoundingClientRect();
      // A name that ends with dots says that there is more of it.
      const cuts = (value: string) => (value === 'hidden' || value === 'clip') && textOverflow !== 'ellipsis';
      mayScroll ||= overflowX === 'auto' || overflowX === 'scroll';
      if (!mayScroll && cuts(overflowX) && (text.right > edge.right + 1 || text.left < edge.left - 1))
        problems.add(`cut off: ${words}`);
      if (!mayScroll && cuts(overflowY) && text.bottom > edge.bottom + 2)
        problems.add(`cut off below: ${words}`);
    }
    if (!mayScroll && (text.right > clientWidth + 1 || text.left < -1)) problems.add(`outside: ${words}`);
  }
  return [...problems];
}

/** With forced colours, a control that had only its background would be invisible. */
function lostControls(): string[] {
  return [...document.querySelectorAll<HTMLElement>('button, a.button, input:not([type=hidden])')]
    .filter((control) => control.checkVisibility() && control.tabIndex >= 0)
    .filter((control) => !control.matches('[type=checkbox], [type=radio]'))
    .filter((control) => {
      const { borderTopStyle, borderTopWidth, textDecorationLine } = getComputedStyle(control);
      const hasBorder = borderTopStyle !== 'none' && Number.parseFloat(borderTopWidth) > 0;
      return !hasBorder && textDecorationLine === 'none';
    })
    .map((control) => `no edge: ${control.outerHTML.slice(0, 80)}`);
}

/** Tab goes on from the last place of the focus, also after it has gone. */
function startAtTop(): void {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
}

function controlsInOrder(): string[] {
  const selector = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  return [...document.querySelectorAll<HTMLElement>(selector)]
    .filter((control) => control.checkVisibility() && control.tabIndex >= 0 && !control.matches(':disabled'))
    .filter((control, _index, all) => {
      // Tab stops once in a group, at the one that is chosen; the arrows reach the others.
      if (!control.matches('[type=radio]')) return true;
      const group = all.filter((one) => one.matches(`[type=radio][name="${control.getAttribute('name')}"]`));
      return control === (group.find((one) => one.matches(':checked')) ?? group[0]);
    })
    .map((control, index) => {
      control.dataset['order'] = String(index);
      return control.outerHTML.slice(0, 80);
    });
}

function focusedControl(): { index: number; problem: string | undefined } | undefined {
  const control = document.activeElement as HTMLElement | null;
  const order = control?.dataset['order'];
  if (!control || order === undefined) return undefined;
  const name = control.outerHTML.slice(0, 80);
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(control);
  const isShown = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
  const { top, bottom, left, right } = control.getBoundingClientRect();
  const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const problem = isShown
    ? isInside
      ? undefined
      : `outside of the window: ${name}`
    : `no visible focus: ${name}`;
  return { index: Number(order), problem };
}
