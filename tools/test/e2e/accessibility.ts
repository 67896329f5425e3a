/** Resolves with the findings of axe on a page, in both colour schemes. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The rules that are broken, with the elements; empty when there is nothing to say. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const problems: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // The page's own policy refuses scripts that are not its; evaluation does not go through it.
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: Violation[] }> };
      };
      // No rule that we break waits for style sheets to be loaded once more.
      const options = { preload: false, resultTypes: ['violations'] };
      return (await axe.run(options)).violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
    });
    problems.push(...found.map((problem) => `${colorScheme}: ${problem}`));
  }
  return problems;
}

interface Violation {
  id: string;
  nodes: { html: string }[];
}
