// Shows new requests at the end of the list and says so. Nothing moves: a button must not slide under a finger or lose the
// focus; what is gone is only marked. Without script the link on the page reads it again.
const list = document.querySelector('[data-approvals]');
const news = document.querySelector('[data-news]');
const itemsOf = (root) =>
  new Map([...root.querySelectorAll('[data-approval]')].map((item) => [item.dataset.approval, item]));
const timesOf = (item) => item.querySelector('[data-times]');

// The browser reads the answer as a page: text that a script turns into HTML is refused by the policy.
function read(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.onload = () => resolve(request);
    request.onerror = reject;
    request.responseType = 'document';
    request.open('GET', address);
    request.send();
  });
}

async function refresh() {
  if (document.hidden) return;
  const address = new URL(list.dataset.approvals, location.href).href;
  const { status, responseURL, responseXML } = await read(address);
  // The session has ended: the page leads to the sign-in.
  if (responseURL !== address) return location.reload();
  if (status !== 200) return;
  const fresh = itemsOf(responseXML);
  const shown = itemsOf(list);
  for (const [id, item] of shown) {
    const isGone = !fresh.has(id);
    item.classList.toggle('approval-gone', isGone);
    timesOf(item).textContent = isGone ? list.dataset.gone : timesOf(fresh.get(id)).textContent;
  }
  const added = [...fresh].filter(([id]) => !shown.has(id));
  for (const [, item] of added) list.append(document.adoptNode(item));
  if (added.length === 0) return;
  document.querySelector('[data-empty]').hidden = true;
  news.textContent = list.dataset.new;
}

addEventListener('visibilitychange', () => refresh().catch(() => {}));
// A network that is away for a moment is tried again.
setInterval(() => refresh().catch(() => {}), 5000);
