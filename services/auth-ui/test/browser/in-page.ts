/** What runs in the page under test: each function is sent there whole, so it uses nothing around it. */

/** Text outside of the window, or cut off by a box around it; what is hidden on purpose does not count. */
export function spilledText(): string[] {
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

/** Short words that are broken: a badge, a button, and a cell of short words have room for each of them. */
export function brokenWords(): string[] {
  const problems: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>('.badge, .button, .words')) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (const { 0: word, index } of (node.textContent ?? '').matchAll(/[\p{L}\p{N}]+/gu)) {
        // Scripts without spaces may be broken anywhere.
        if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(word)) continue;
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (lines.size > 1) problems.push(`broken: ${word}`);
      }
  }
  return problems;
}

/** With forced colours, a control that had only its background would be invisible. */
export function lostControls(): string[] {
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
export function startAtTop(): void {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
}

export function controlsInOrder(): string[] {
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

export function focusedControl(): { index: number; problem: string | undefined } | undefined {
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
