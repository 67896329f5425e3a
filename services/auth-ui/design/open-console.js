// Takes the code of a link out of the address at once: neither the address bar nor the history keeps it. Without script the
// field stays, and the code is pasted.
const field = document.querySelector('#code');
function takeCode() {
  const code = location.hash.slice(1);
  if (code === '') return;
  history.replaceState(null, '', location.pathname + location.search);
  field.value = code;
  field.closest('.field').hidden = true;
  field.form.querySelector('button').focus();
}
takeCode();
// A second link in the same tab changes only the fragment.
addEventListener('hashchange', takeCode);
