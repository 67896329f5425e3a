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

addEventListener('submit', (event) => {
  // This page stays, and its form can be sent again.
  if (event.submitter?.formTarget === '_blank') return;
  if (sent.has(event.target)) return event.preventDefault();
  sent.set(event.target, event.submitter);
  event.submitter?.setAttribute('aria-busy', 'true');
  // Nothing tells a page that its answer does not come.
  setTimeout(allowAgain, 30_000);
});

// Back shows the page as it was left.
addEventListener('pageshow', allowAgain);
