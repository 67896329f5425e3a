// Comforts on top of pages that work without it: copying, local times, a countdown, polling.
for (const button of document.querySelectorAll('[data-copy], [data-copy-code]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const code = button.closest('[data-form]')?.querySelector('code');
    await navigator.clipboard.writeText(button.dataset.copy ?? code.textContent);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  });
}

for (const element of document.querySelectorAll('time[data-local]'))
  element.textContent = new Date(element.dateTime).toLocaleString([], {
    dateStyle: 'medium',
    timeStyle: 'short',
  });

function showCountdowns() {
  for (const element of document.querySelectorAll('time[data-countdown]')) {
    const seconds = Math.round((new Date(element.dateTime) - Date.now()) / 1000);
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const time = new Date(element.dateTime).toLocaleTimeString([], { timeStyle: 'short' });
    element.textContent =
      seconds <= 0 ? `${time}, over` : `${time}, in ${hours ? `${hours} h ` : ''}${minutes} min`;
  }
}

showCountdowns();
setInterval(showCountdowns, 15_000);

// Not while somebody reads a call: the new page would close it.
for (const form of document.querySelectorAll('form[data-poll-seconds]'))
  setInterval(() => {
    if (!document.hidden && !document.querySelector('details[open]')) form.submit();
  }, form.dataset.pollSeconds * 1000);
