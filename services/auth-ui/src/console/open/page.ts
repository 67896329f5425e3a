/** Builds the page that a link of the operator opens. */
import type { Session } from '../../oauth-session/session.ts';
import { linkCodeField } from '../../pages/fields.ts';
import type { ConsoleOpenPage } from '../../pages/views.ts';
import { titleOf, type Visit } from '../../pages/visit.ts';

interface Circumstances {
  /** The session at the console that this browser has. */
  present: Session | undefined;
  /** The link was unknown, used or too old. */
  isRefused: boolean;
}

export function openPage({ text }: Visit, { present, isRefused }: Circumstances): ConsoleOpenPage {
  const field = linkCodeField('code', text('console.open.code'), text('console.open.code.hint'));
  return {
    title: titleOf(text, text('console.open.title'), isRefused),
    message: isRefused
      ? { kind: 'danger', title: text('console.open.refused.title'), text: text('console.open.refused.text') }
      : undefined,
    present: present && text('console.open.present', { name: present.userName }),
    fields: [field],
    focus: field.name,
    script: 'open-console.js',
  };
}
