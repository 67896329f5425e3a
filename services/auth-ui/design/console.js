// Closes an open menu by Escape or by a click beside it, and sends a form once: on a slow line people press twice. Without
// script a menu closes by its own button, and what was done already is refused by the APIs.
const openMenus = () => [...document.querySelectorAll('.who details[open], .menu[open]')];
const sent = new Map();

function allowAgain() {
  for (const button of sent.values()) button?.removeAttribute('aria-busy');
  sent.clear();
}

addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  // It stops the browser, too.
  allowAgain();
  const innermost = openMenus().at(-1);
  if (innermost === undefined) return;
  innermost.open = false;
  innermost.querySelector('summary').focus();
});

addEventListener('click', (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

// A link beside a form, such as a tab, would lose what was typed: the browser asks first.
let isTyped = false;
addEventListener('input', ({ target }) => {
  if (target.form?.method === 'post') isTyped = true;
});
addEventListener('beforeunload', (event) => {
  if (isTyped && sent.size === 0) event.preventDefault();
});

addEventListener('submit', (event) => {
  // This page stays, and its form can be sent again.
  if (event.submitter?.formTarget === '_blank') return;
  if (sent.has(event.target)) return event.preventDefault();
  sent.set(event.target, event.submitter);
  event.submitter?.setAttribute('aria-busy', 'true');
  // Nothing tells a page that its answer does not come.
  setTimeout(allowAgain, 30_000);
});

// Browsers give the clipboard to https and to this machine alone; elsewhere people mark the text.
const copied = [
  '.facts dd > code',
  '.facts dd > a.code',
  '.fact-line > code',
  '.fact-line > a.code',
  '.once-value > code',
  '.part-lead > code',
  '.list:not(.changes) .cell > code',
  '.list:not(.changes) .cell > a.code',
  '.list:not(.changes) .cell-note > code',
  '.changes .value-ids > code',
];
if (navigator.clipboard !== undefined)
  for (const code of document.querySelectorAll(copied.join())) {
    const { copy, copied: done } = document.body.dataset;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.setAttribute('aria-live', 'polite');
    button.textContent = copy;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = done;
      setTimeout(() => {
        button.textContent = copy;
      }, 3_000);
    });
    code.after(' ', button);
  }

// The box of all rows marks them, and is marked while they are.
const marksRows = document.querySelector('[data-marks-rows]');
const rows = [...document.querySelectorAll('.row-choice [type="checkbox"]')];
addEventListener('change', ({ target }) => {
  if (target === marksRows) for (const row of rows) row.checked = marksRows.checked;
  else if (rows.includes(target)) marksRows.checked = rows.every(({ checked }) => checked);
});

// A colour is one value in two controls.
for (const palette of document.querySelectorAll('.palette')) {
  const text = palette.parentElement.querySelector('[type="text"]');
  palette.addEventListener('input', () => {
    text.value = palette.value;
    palette.classList.remove('palette-empty');
  });
  text.addEventListener('input', () => {
    palette.classList.toggle('palette-empty', text.value === '');
    if (/^#[0-9a-f]{6}$/i.test(text.value)) palette.value = text.value;
  });
}

// Back shows the page as it was left.
addEventListener('pageshow', allowAgain);
