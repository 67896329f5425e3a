/** A page that brings an answer to the client by a form (OAuth 2.0 Form Post Response Mode): at once, or by its button. */
import { renderPostForm } from '@gatehouse/service-kit/html/post-form';

export function formPostPage(
  redirectUri: string,
  fields: Readonly<Record<string, string>>,
): { html: string; headers: Record<string, string> } {
  return renderPostForm({
    title: 'Back to your application',
    text: 'You are on your way. If nothing happens, go on by the button.',
    action: redirectUri,
    fields,
    formAction: formTarget(redirectUri),
  });
}

/** A host source cannot hold an IPv6 address (CSP Level 3 section 2.3.1): there the scheme must do. */
function formTarget(redirectUri: string): string {
  const { origin, hostname, protocol } = new URL(redirectUri);
  return hostname.startsWith('[') ? protocol : origin;
}
