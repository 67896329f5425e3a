/** A page that brings an answer to the client by a form (OAuth 2.0 Form Post Response Mode): at once, or by its button. */
import { escapeHtml, renderStandalonePage } from '@gatehouse/service-kit/html/standalone-page';

const send = 'document.forms[0].submit();';

export function formPostPage(
  redirectUri: string,
  fields: Readonly<Record<string, string>>,
): { html: string; headers: Record<string, string> } {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return renderStandalonePage({
    title: 'Back to your application',
    main: `<h1>Back to your application</h1>
<p class="text">You are on your way. If nothing happens, go on by the button.</p>
<form method="post" action="${escapeHtml(redirectUri)}">
${inputs.join('\n')}
<button type="submit">Continue</button>
</form>`,
    script: send,
    formAction: formTarget(redirectUri),
  });
}

/** A host source cannot hold an IPv6 address (CSP Level 3 section 2.3.1): there the scheme must do. */
function formTarget(redirectUri: string): string {
  const { origin, hostname, protocol } = new URL(redirectUri);
  return hostname.startsWith('[') ? protocol : origin;
}
