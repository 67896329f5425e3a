/** The flow charts of the documentation, for readers without a program that draws them. */
import { type Html, html } from './pages/html.ts';

/** `name["Label"]`, `name[("Label")]`, or `subgraph name ["Label"]`. */
const boxPattern = /^\s*(?:subgraph\s+)?(\w+)\s*\[\(?"([^"]+)"\)?\]$/gm;
/** `from -- "label" --> to`. */
const linePattern = /^\s*(\w+) -- "([^"]+)" --> (\w+)$/gm;

/** A Mermaid flow chart as a table: the viewer loads no code that draws. Undefined: a diagram of another kind, whose source is shown. */
export function connectionsOf(source: string): Html | undefined {
  const labels = new Map(
    [...source.matchAll(boxPattern)].map(([, name, label = '']) => [name, label.replaceAll('<br/>', ' ')]),
  );
  const rows = [...source.matchAll(linePattern)].map(
    ([, from, label, to]) =>
      html`<tr><td>${labels.get(from) ?? from}</td><td>${label}</td><td>${labels.get(to) ?? to}</td></tr>`,
  );
  if (rows.length === 0) return undefined;
  return html`<div class="wide"><table><thead><tr><th>From</th><th>Connection</th><th>To</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
