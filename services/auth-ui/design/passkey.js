// Lets forms carry the answer of a passkey (WebAuthn level 3), by the library that stands before this script in the same file.
//
// <form data-passkey-form data-passkey-action="create|get|autofill" data-passkey-options="…" data-passkey-failed="…"> has a hidden field
// `answer`, a button that is hidden without this script, and `<p data-passkey-message role="alert" hidden>`. The script posts the fields
// of the form to the address of the options and sends the form with the answer. `autofill` is `get` that also offers passkeys in the field
// of the user name. Each `data-passkey-…` sentence comes from the server, in the language of the page.
const { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } =
  SimpleWebAuthnBrowser;

// The last passkey that this window sent: the page after it says whether it counts, and never which one it was. A page to which somebody
// went back speaks of an earlier one.
const offeredKey = 'gatehouse-passkey';
const [visit] = performance.getEntriesByType('navigation');
const offered = visit?.type === 'navigate' ? JSON.parse(sessionStorage.getItem(offeredKey)) : null;
sessionStorage.removeItem(offeredKey);

/** WebAuthn level 3, section 5.1.10. A browser may refuse it, or not know it. */
const signal = (name, details) => globalThis.PublicKeyCredential?.[name]?.(details).catch(() => undefined);

// A challenge works for five minutes: a page that stands open longer asks for the next one before.
const autofillMs = 4 * 60_000;

for (const form of document.querySelectorAll('form[data-passkey-form]')) {
  const { passkeyAction, passkeyOptions, ...sentences } = form.dataset;
  const message = form.querySelector('[data-passkey-message]');
  const button = form.querySelector('button[type=submit]');
  const say = (sentence) => {
    message.textContent = sentence ?? '';
    message.hidden = !sentence;
  };
  const ask = async (isAutofill) => {
    const response = await fetch(passkeyOptions, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(new FormData(form)),
    });
    // The sign-in is too old or too weak for a new passkey: the answer to the form asks for a better one, and keeps what was typed.
    if (response.status === 401 && passkeyAction === 'create') return form.submit();
    if (!response.ok) throw new Error(`the options were refused: ${response.status}`);
    const optionsJSON = await response.json();
    const answer =
      passkeyAction === 'create'
        ? await startRegistration({ optionsJSON })
        : await startAuthentication({ optionsJSON, useBrowserAutofill: isAutofill });
    form.elements.answer.value = JSON.stringify(answer);
    const rpId = optionsJSON.rpId ?? optionsJSON.rp.id;
    sessionStorage.setItem(offeredKey, JSON.stringify({ passkeyAction, rpId, credentialId: answer.id }));
    form.submit();
  };
  const offer = async () => {
    try {
      await ask(true);
    } catch {
      // Nobody asked for anything yet, so nobody is told: the button and the password go on.
    }
  };

  if (!browserSupportsWebAuthn()) {
    say(sentences.passkeyUnsupported);
    continue;
  }
  button.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    say();
    try {
      await ask(false);
    } catch (error) {
      // A browser names a passkey that the person has here already, and nothing else: why it refuses could tell a site who somebody is.
      say(error.name === 'InvalidStateError' ? sentences.passkeyKnown : sentences.passkeyFailed);
      button.disabled = false;
      button.focus();
    }
  });
  // A page that comes back from the history of the browser has an answer that was used.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    form.elements.answer.value = '';
    button.disabled = false;
  });
  if (passkeyAction === 'autofill') {
    browserSupportsWebAuthnAutofill().then((isSupported) => {
      if (!isSupported) return;
      void offer();
      setInterval(() => {
        if (!button.disabled) void offer();
      }, autofillMs);
    });
  }
}

// The password manager forgets a passkey that the server does not know,
const unknown = document.querySelector('[data-passkey-unknown]');
if (unknown !== null && offered?.passkeyAction === unknown.dataset.passkeyAction) {
  const { rpId, credentialId } = offered;
  void signal('signalUnknownCredential', { rpId, credentialId });
}

// and on the page of the person all others that do not count any more, and calls the rest as the person is called now.
for (const { dataset } of document.querySelectorAll('[data-passkey-accepted]')) {
  const { rpId, userId, userName: name, ids } = JSON.parse(dataset.passkeyAccepted);
  void signal('signalAllAcceptedCredentials', { rpId, userId, allAcceptedCredentialIds: ids });
  void signal('signalCurrentUserDetails', { rpId, userId, name, displayName: name });
}
