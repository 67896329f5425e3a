import { expect, test } from 'vitest';
import { html } from '../pages/html.ts';
import { renderPage } from '../pages/layout.ts';
import { problemPage } from '../pages/problem.ts';

test('values are text: markup in them is shown, not obeyed', () => {
  expect(html`<p title="${'"><script>'}">${"<b>&'"}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&#39;</p>',
  );
});

test('nested templates and lists are kept as they are, absent values leave nothing', () => {
  expect(html`<ul>${['<', '>'].map((one) => html`<li>${one}</li>`)}${undefined}${false}</ul>`.text).toBe(
    '<ul><li>&lt;</li><li>&gt;</li></ul>',
  );
});

test('the words of an authorization error do not become markup', () => {
  expect(renderPage(problemPage('<img src=x onerror=alert(1)>', '"x'), 'nonce')).not.toContain('<img src=x');
});
