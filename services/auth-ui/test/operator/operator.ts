/** Works at the console as a person does: finds everything by its role and its visible words, in the language of the page. */
import type { Locator, Page } from 'playwright-core';
import english from '../../src/texts/en.json' with { type: 'json' };
import { fieldTexts, sentenceTexts, type TextKey, textsIn } from '../../src/texts/texts.ts';

export type Operator = ReturnType<typeof createOperator>;

/** What a person presses, fills in or reads; `within`: the part of the page where it is. */
type Role = Parameters<Page['getByRole']>[0];

const keysByWords = new Map<string, string[]>();
for (const [key, words] of Object.entries({ ...english, ...fieldTexts, ...sentenceTexts }))
  keysByWords.set(words, [...(keysByWords.get(words) ?? []), key]);

const escaped = (words: string) => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Words of the tests are the English ones: they name a text, which the page shows in its own language. */
export function createOperator(page: Page, language: 'en' | 'de', publicUrl: string) {
  const text = textsIn(language);

  /** The words of the page. Names that no text has, such as those of contact centres, are looked for as they are. */
  function wordsOf(words: string): string[] {
    const keys = keysByWords.get(words);
    return keys === undefined ? [words] : [...new Set(keys.map((key) => text(key as TextKey)))];
  }

  const main = () => page.getByRole('main');

  /** @throws Error with the words of the page, for the reader of the failure */
  async function shown(locator: Locator, lack: string): Promise<void> {
    try {
      await locator.waitFor();
    } catch {
      throw new Error(`the page ${lack}:\n${await main().ariaSnapshot()}`);
    }
  }

  /** Some controls say more than their label: what they do, or that they may stay empty. */
  async function find(roles: readonly Role[], words: string, within: Locator | Page): Promise<Locator> {
    const choices = wordsOf(words).map(escaped).join('|');
    const byName = (name: RegExp) =>
      roles.map((role) => within.getByRole(role, { name })).reduce((all, one) => all.or(one));
    const begins = byName(new RegExp(`^(?:${choices})(?:$|[\\s:(*])`));
    await shown(begins.first(), `has no ${roles.join(' or ')} "${words}"`);
    const exact = byName(new RegExp(`^(?:${choices})$`));
    return ((await exact.count()) > 0 ? exact : begins).first();
  }

  const said = (words: string | RegExp) =>
    main()
      .getByText(words instanceof RegExp ? words : new RegExp(wordsOf(words).map(escaped).join('|')))
      .filter({ visible: true })
      .first();

  return {
    page,

    /** Chooses an area in the navigation, as a person who knows its name. */
    async go(area: string): Promise<void> {
      // On a phone the navigation is folded.
      const opener = page.getByRole('button', { name: text('console.areas'), exact: true });
      if (await opener.isVisible()) await opener.click();
      const entry = await find(['link'], area, page.getByRole('navigation'));
      await entry.click();
    },

    async press(words: string, within: Locator = main()): Promise<void> {
      const control = await find(['button', 'link'], words, within);
      await control.click();
    },

    /** Opens a folded part of the page, such as the menu of what can be done. Some are folded on a phone alone. */
    async unfold(words: string): Promise<void> {
      const choices = wordsOf(words).map(escaped).join('|');
      const summary = main()
        .locator('summary')
        .filter({ hasText: new RegExp(choices) })
        .first();
      await summary.waitFor({ state: 'attached' });
      const isOpen = await summary.evaluate(({ parentElement }) => parentElement?.hasAttribute('open'));
      if (!isOpen && (await summary.isVisible())) await summary.click();
    },

    async type(label: string, value: string): Promise<void> {
      const field = await find(['textbox', 'searchbox', 'spinbutton', 'combobox'], label, main());
      await field.fill(value);
    },

    async choose(label: string, option?: string): Promise<void> {
      if (option === undefined) {
        const control = await find(['radio', 'checkbox'], label, main());
        await control.check();
        return;
      }
      const list = await find(['combobox'], label, main());
      const shown = await list.getByRole('option').allTextContents();
      const wanted = wordsOf(option);
      const found = shown.find((one) => wanted.some((words) => one.trim().startsWith(words)));
      if (found === undefined) throw new Error(`${label} offers no ${option} but ${shown.join(', ')}`);
      await list.selectOption({ label: found.trim() });
    },

    /** Takes the mark out of a box. */
    async clear(label: string): Promise<void> {
      const box = await find(['checkbox'], label, main());
      await box.uncheck();
    },

    /** The value beside a term, or below it. */
    async read(term: string): Promise<string> {
      const choices = wordsOf(term).map(escaped).join('|');
      const name = main()
        .locator('dt, p, th')
        .filter({ hasText: new RegExp(`^\\s*(?:${choices})\\s*$`) });
      await shown(name.first(), `says no ${term}`);
      return name.first().evaluate((element) => {
        const value = element.nextElementSibling;
        return (value?.querySelector('code') ?? value)?.textContent?.trim() ?? '';
      });
    },

    /** Waits until the page says it. */
    async sees(words: string | RegExp): Promise<void> {
      await shown(said(words), `does not say "${words}"`);
    },

    /** Waits until a row of a list says it, or its card on a phone. */
    async seesRow(words: string): Promise<void> {
      const choices = new RegExp(wordsOf(words).map(escaped).join('|'));
      await shown(main().getByRole('row').filter({ hasText: choices }).first(), `has no row "${words}"`);
    },

    /** Loads the page again until it says it: the trails are filled beside the requests. */
    async seesSoon(words: string | RegExp): Promise<void> {
      for (let attempt = 0; attempt < 20 && !(await said(words).isVisible()); attempt += 1)
        await page.reload();
      await this.sees(words);
    },

    /** Waits until the page says one of them, and tells which. */
    async seesOneOf(...words: string[]): Promise<string> {
      const any = words.map(said).reduce((all, one) => all.or(one));
      await shown(any.first(), `says none of "${words.join('", "')}"`);
      for (const one of words) if (await said(one).isVisible()) return one;
      throw new Error(`the page no longer says "${words.join('" or "')}"`);
    },

    async heading(): Promise<string> {
      return (await page.locator('h1').first().textContent())?.trim() ?? '';
    },

    /** The row of a list, or its card on a phone, that has these words. */
    row: (words: string) => main().getByRole('row').filter({ hasText: words }).first(),

    /** What the rows of a list, or its cards on a phone, say that have these words. */
    rows: (words: string) => main().getByRole('row').filter({ hasText: words }).allTextContents(),

    /** What the page names below its title, in the order of the page. */
    namedParts: () => main().getByRole('heading', { level: 3 }).allTextContents(),

    async openConsole(): Promise<void> {
      await page.goto(`${publicUrl}/auth/console`);
    },
  };
}
