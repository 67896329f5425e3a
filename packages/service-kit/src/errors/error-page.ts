/** One self-contained page for errors that end a browser's journey. */
import { escapeHtml, renderStandalonePage } from '../html/standalone-page.ts';

export interface ErrorPage {
  status: number;
  title: string;
  /** Plain words; escaped here. */
  text: string;
  /** What the operator searches the log for. */
  correlationId: string;
  /** Language of title and text as a BCP 47 tag; English when left out. */
  language?: string;
  /** What the correlation id is called on the page. */
  correlationLabel?: string;
  /** The way on: an address of our own and what its link says. */
  action?: { href: string; label: string };
}

export function renderErrorPage(page: ErrorPage): { html: string; headers: Record<string, string> } {
  return renderStandalonePage({
    title: page.title,
    language: page.language,
    main: `<p class="status">${page.status}</p>
<h1>${escapeHtml(page.title)}</h1>
<p class="text">${escapeHtml(page.text)}</p>
${actionOf(page)}<p class="correlation">${escapeHtml(page.correlationLabel ?? 'Reference for your administrator')}: <code>${escapeHtml(page.correlationId)}</code></p>`,
  });
}

function actionOf({ action }: ErrorPage): string {
  return action ? `<p><a href="${escapeHtml(action.href)}">${escapeHtml(action.label)}</a></p>\n` : '';
}
