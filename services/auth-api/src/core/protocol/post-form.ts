/** Renders a page whose form posts itself to another site: at once, or by its button. */
import { escapeHtml, renderStandalonePage } from '@gatehouse/service-kit/html';

export interface PostForm {
  title: string;
  text: string;
  /** Absolute address that the form is posted to. */
  action: string;
  fields: Readonly<Record<string, string>>;
  /** Where the post and every redirect after it may lead (Chromium applies `form-action` to all of them). */
  formAction: string;
}

const send = 'document.forms[0].submit();';

export function renderPostForm(form: PostForm): { html: string; headers: Record<string, string> } {
  const inputs = Object.entries(form.fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return renderStandalonePage({
    title: form.title,
    isGateOpen: true,
    main: `<h1>${escapeHtml(form.title)}</h1>
<p class="text">${escapeHtml(form.text)}</p>
<form method="post" action="${escapeHtml(form.action)}">
${inputs.join('\n')}
<button type="submit">Continue</button>
</form>`,
    script: send,
    formAction: form.formAction,
  });
}
