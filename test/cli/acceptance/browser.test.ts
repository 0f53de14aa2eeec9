// What acceptance has of a browser: its cookies, and the forms that it reads from a page.

import { describe, expect, it } from 'vitest';
import { createJar } from '../../../cli/acceptance/browser/cookies.ts';
import { readForms } from '../../../cli/acceptance/browser/html-forms.ts';

const at = (url: string) => new URL(url);

describe('RFC 6265 a cookie of the acceptance browser', () => {
  it.each([
    ['to the host that set it, whatever its port', 'a=1', 'http://localhost:1/x', 'http://localhost:2/', 'a=1'],
    ['to no other host', 'a=1; Path=/', 'http://localhost/', 'http://127.0.0.1/', ''],
    ['to no subdomain of a host', 'a=1; Path=/', 'http://example.com/', 'http://sub.example.com/', ''],
    [
      'to subdomains of a domain',
      'a=1; Path=/; Domain=.example.com',
      'http://example.com/',
      'http://s.example.com/',
      'a=1',
    ],
    [
      'to no domain that only ends alike',
      'a=1; Path=/; Domain=ample.com',
      'http://ample.com/',
      'http://example.com/',
      '',
    ],
    ['below its path', 'a=1; Path=/auth', 'http://h/', 'http://h/auth/login', 'a=1'],
    ['to no path that only begins alike', 'a=1; Path=/auth', 'http://h/', 'http://h/authority', ''],
    ['with the signs of its value', 'a=b=c; Path=/', 'http://h/', 'http://h/', 'a=b=c'],
    ['not once it is over', 'a=1; Path=/; Max-Age=0', 'http://h/', 'http://h/', ''],
    ['not after its date', 'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'http://h/', 'http://h/', ''],
    [
      'Max-Age before Expires',
      'a=1; Path=/; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'http://h/',
      'http://h/',
      'a=1',
    ],
  ])('is sent %s', (_, line, from, to, header) => {
    const jar = createJar();
    jar.take([line], at(from));
    expect(jar.headerFor(at(to))).toBe(header);
  });

  it('a later one of the same name replaces the earlier, and takes it away when it is over', () => {
    const jar = createJar();
    jar.take(['a=1; Path=/', 'b=2; Path=/'], at('http://h/'));
    jar.take(['a=3; Path=/'], at('http://h/'));
    expect(jar.headerFor(at('http://h/'))).toBe('b=2; a=3');
    jar.take(['b=; Path=/; Max-Age=0'], at('http://h/'));
    expect(jar.headerFor(at('http://h/'))).toBe('a=3');
  });
});

describe('forms that the acceptance browser finds', () => {
  it('as Login V1 writes them', () => {
    const page = `<form action="/ui/login/mfa/prompt" method="POST">
      <input type="hidden" name="gorilla.csrf.Token" value="a&#43;b&amp;&quot;=="><input type="radio" name="provider" value='0' />
      <input name=loginName><button name="skip" value="true" type="submit">Skip</button><button>Next</button></form>`;
    const [form] = readForms(page, at('http://h/ui/login/password'));
    expect(form?.action.href).toBe('http://h/ui/login/mfa/prompt');
    expect(form?.fields).toEqual([
      { name: 'gorilla.csrf.Token', value: 'a+b&"==', kind: 'hidden' },
      { name: 'provider', value: '0', kind: 'radio' },
      { name: 'loginName', value: '', kind: 'text' },
    ]);
    expect(form?.buttons.map(({ name, value }) => [name, value])).toEqual([
      ['skip', 'true'],
      ['', ''],
    ]);
  });

  it('none on a page without, and each of several', () => {
    expect(readForms('<p>no form</p>', at('http://h/'))).toEqual([]);
    expect(
      readForms('<form></form><form action="?x=1"></form>', at('http://h/p')).map(({ action }) => action.href),
    ).toEqual(['http://h/p', 'http://h/p?x=1']);
  });
});
