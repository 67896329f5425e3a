// Copies and prints the recovery codes. Without script the page has its link that downloads them.
const codes = document.querySelector('[data-codes]');
const news = document.querySelector('[data-news]');

const print = document.querySelector('[data-print]');
print.hidden = false;
print.addEventListener('click', () => globalThis.print());

const copy = document.querySelector('[data-copy]');
// Only a page that came by https, or from this machine, may write there.
copy.hidden = navigator.clipboard === undefined;
copy.addEventListener('click', async () => {
  const lines = Array.from(codes.querySelectorAll('code'), ({ textContent }) => textContent);
  try {
    await navigator.clipboard.writeText(lines.join('\n'));
    news.textContent = copy.dataset.copied;
  } catch {
    // The browser was not allowed to: the codes stay on the page.
    copy.hidden = true;
  }
});
