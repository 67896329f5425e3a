import { expect, test } from 'vitest';
import { hiddenFieldsOf } from '../load/people.ts';

test('of a page with several forms, the hidden fields of the one with the address are sent as they were meant', () => {
  const page = `<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="other"></form>
    <form method="post" action="/settings/delete?name=a">
      <input type="hidden" name="ifMatch" value="&quot;12&quot;"><input name="typed" value="x">
      <input type="hidden" name="name" value="a &amp;quot;"></form>`;
  expect(hiddenFieldsOf(page, '/settings/delete')).toEqual({ ifMatch: '"12"', name: 'a &quot;' });
});
