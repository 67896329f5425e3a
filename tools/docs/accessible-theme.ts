/** Gives parts of VitePress's theme the roles that they lack: a plugin that changes their sources before they are compiled. */
import { basename } from 'node:path';
import type { Plugin } from 'vitepress';

/** File → what is replaced in it. */
const changes: Record<string, [string | RegExp, string][]> = {
  'VPHome.vue': [[/class="VPHome"/, 'role="main" class="VPHome"']],
  // What a button shows is in its name; the letter comes from the style.
  'VPNavBarSearchButton.vue': [['>K</kbd>', ' data-key="K"></kbd>']],
  // A dialog with a combobox whose options are links (WAI-ARIA Authoring Practices); the theme has a button around all of it.
  'VPLocalSearchBox.vue': [
    [
      /role="button"\s+:aria-owns=.*\s+aria-expanded="true"\s+aria-haspopup="listbox"/,
      'role="dialog" aria-modal="true"',
    ],
    [
      'aria-autocomplete="both"',
      'role="combobox" aria-autocomplete="list" :aria-expanded="results?.length > 0"',
    ],
    [/:id="'localsearch-item-' \+ index"\s+:aria-selected=.*\s+role="option"/, 'role="none"'],
    [
      /:aria-label="\[\.\.\.p\.titles.*"/,
      `:id="'localsearch-item-' + index" :aria-selected="selectedIndex === index" role="option"`,
    ],
    [/<kbd :aria-label/g, '<kbd role="img" :aria-label'],
  ],
};

export const accessibleTheme: Plugin = {
  name: 'accessible-theme',
  enforce: 'pre',
  transform(code, id) {
    return changes[basename(id)]?.reduce((changed, [from, to]) => {
      const next = changed.replace(from, to);
      if (next === changed) this.error(`${basename(id)} has changed: ${from} is not in it.`);
      return next;
    }, code);
  },
};
