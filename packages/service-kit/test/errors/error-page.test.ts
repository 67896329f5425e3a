import { expect, it } from 'vitest';
import { renderErrorPage } from '../../src/errors/render-html.ts';

const page = { status: 400, title: 'Title', text: 'Text', correlationId: 'reference' };

// attack: markup in the page of an error | CVE-2022-4137 | guard: packages/service-kit/src/html/standalone-page.ts
it('threat 70: everything on the page is text, whatever it holds', () => {
  const markup = `"><script>alert(1)</script>'&`;
  const { html } = renderErrorPage({
    status: 400,
    title: markup,
    text: markup,
    correlationId: markup,
    language: markup,
    correlationLabel: markup,
    action: { href: markup, label: markup },
    detail: markup,
    languages: { label: markup, links: [{ href: markup, language: markup, name: markup }] },
  });
  expect(html).not.toContain('<script');
  expect(html.split('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;')).toHaveLength(15);
});

it('threat 13: the page needs nothing else, runs nothing and cannot be framed', () => {
  const { html, headers } = renderErrorPage({ ...page, action: { href: '/auth/sign-in.html', label: 'On' } });
  const nonce = html.match(/<style nonce="([^"]+)">/)?.[1];
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  );
  expect(html).not.toMatch(/<script|<link|<img|\ssrc=|url\(|@import|https?:|\son[a-z]+=|\sstyle=/);
  expect(headers['cache-control']).toBe('no-store');
  expect(renderErrorPage(page).headers['content-security-policy']).not.toBe(
    headers['content-security-policy'],
  );
});

it('speaks English and leads nowhere unless told otherwise', () => {
  const { html } = renderErrorPage(page);
  expect(html).toContain('<html lang="en">');
  expect(html).toContain('Reference: <code>reference</code>');
  expect(html).not.toContain('<a ');
});
