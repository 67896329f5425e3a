/** What is looked at on each page of a table: in short for `npm test`, in full for `npm run test:pages`. */
import type { Page, Response } from 'playwright-core';
import {
  accessibilityProblems,
  contrastProblems,
  keyboardProblems,
  layoutProblems,
  listenForComplaints,
  motionProblems,
  policyProblems,
  spillProblems,
  weigh,
} from './page-quality.ts';

/** Opens a page in the window that the test has. */
export type Visit = () => Promise<Response | null>;

/** Of a whole visit with an empty cache. */
export interface Limits {
  requests: number;
  bytes: number;
}

/** Style and icon, and a script, compressed: the same on every page, so that `npm test` weighs them once. */
const styleBytes = 12 * 1024;
const scriptBytes = 6 * 1024;

/** The faults that are made most often, by one visit: what axe finds, words that spill, weight, what Chromium complains about. */
export async function commonProblems(page: Page, visit: Visit, limits: Limits): Promise<string[]> {
  const complaints = listenForComplaints(page);
  let requests = 0;
  page.on('request', (request) => {
    if (request.frame() === page.mainFrame()) requests += 1;
  });
  const response = await visit();
  const hasScript = (await page.locator('script').count()) > 0;
  const problems = [
    ...(await accessibilityProblems(page)),
    ...(await spillProblems(page)),
    ...(await orphanProblems(page)),
    ...weightProblems(
      { requests, bytes: (await response?.body())?.length ?? 0 },
      {
        requests: limits.requests,
        bytes: limits.bytes - styleBytes - (hasScript ? scriptBytes : 0),
      },
    ),
    ...complaintsAbout(response, complaints),
  ];
  page.removeAllListeners();
  return problems;
}

/** What the visit costs on the line when the browser has nothing of it yet. */
export async function heavyProblems(page: Page, visit: Visit, limits: Limits): Promise<string[]> {
  return weightProblems(await weigh(page, visit), limits);
}

/**
 * Everything, in the language of the window; in English also what does not depend on words. `look` comes first, while nothing has
 * scrolled or changed its colours.
 */
export async function allProblems(
  page: Page,
  visit: Visit,
  language: string,
  look: () => Promise<void>,
): Promise<string[]> {
  const complaints = listenForComplaints(page);
  const response = await visit();
  await look();
  const hasScript = (await page.locator('script').count()) > 0;
  const problems = [
    ...(await accessibilityProblems(page)),
    ...policyProblems(response?.headers()['content-security-policy'], hasScript),
    ...(await layoutProblems(page)),
    ...(await keyboardProblems(page)),
    ...(language === 'en' ? [...(await contrastProblems(page)), ...(await motionProblems(page))] : []),
    ...complaintsAbout(response, complaints),
  ];
  page.removeAllListeners();
  return problems;
}

/** In a window without scripts: what is left of the page. */
export async function scriptlessProblems(page: Page, visit: Visit): Promise<string[]> {
  await visit();
  return orphanProblems(page);
}

function weightProblems({ requests, bytes }: Limits, limits: Limits): string[] {
  return [
    ...(requests > limits.requests ? [`${requests} requests`] : []),
    ...(bytes > limits.bytes ? [`${bytes} bytes`] : []),
  ];
}

/** A page has one heading, and a button belongs to a form or opens a popover: without a script it would do nothing. The script makes *Copy* itself. */
async function orphanProblems(page: Page): Promise<string[]> {
  const headings = await page.locator('h1').count();
  const orphans = await page.locator('button:not(form button, [popovertarget], .copy)').allTextContents();
  return [
    ...(headings === 1 ? [] : [`${headings} headings`]),
    ...orphans.map((words) => `outside of a form: ${words}`),
  ];
}

/** Chromium complains about the status of a page that is meant to be an error, too. */
function complaintsAbout(response: Response | null, complaints: string[]): string[] {
  const status = response?.status() ?? 0;
  return complaints.filter((text) => status < 400 || !text.includes(`status of ${status}`));
}
