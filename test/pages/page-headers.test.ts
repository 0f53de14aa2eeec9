// The headers of everything that the gateway says itself: ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import { ownResponseHeaders, type PagesConfig } from '../../src/pages/page-headers.ts';
import { config, renderAll } from './samples.ts';

const context = { requestId: 'ref-1', acceptLanguage: null };

const PAGES = await renderAll(context);

const policyOf = async (name: string, settings: PagesConfig = config) => {
  const pages = await renderAll(context, undefined, settings);
  const policy = pages.get(name)?.headers.get('Content-Security-Policy') ?? '';
  return new Map(
    policy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]),
  );
};

describe('headers of every page', () => {
  it.each([...PAGES])('%s is closed', async (_name, response) => {
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-language': 'en',
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      vary: 'Accept-Language',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(headers['permissions-policy']).toContain('camera=()');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'nonce-[\w+/]{22}=='; /);
    expect(policy).toContain("base-uri 'none'; frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    const text = await response.text();
    expect(text).not.toMatch(/ style="| on[a-z]+="|<script(?! src="\/auth\/(?:resubmit|done)\.js" defer><)/);
    expect(policy.includes('script-src')).toBe(text.includes('<script'));
    expect(text).toContain(`nonce="${/'nonce-([^']+)'/.exec(policy)?.[1]}"`);
  });

  it('uses a nonce once', async () => {
    expect((await policyOf('popupDone')).get('style-src')).not.toBe((await policyOf('popupDone')).get('style-src'));
  });

  it('lets forms go to ourselves and, for signing out, to the issuer', async () => {
    expect((await policyOf('profile')).get('form-action')).toBe("'self' https://login.example.com");
    const elsewhere = {
      ...config,
      issuer: 'http://[::1]:8080',
      post_logout_redirect_uri: 'https://www.example.com/bye',
    };
    expect((await policyOf('profile', elsewhere)).get('form-action')).toBe("'self' http: https://www.example.com");
  });

  it('lets the application redirect anywhere after a form that was kept', async () => {
    expect((await policyOf('resubmit')).get('form-action')).toBe("'self' https:");
    expect((await policyOf('resubmit', { ...config, isSecure: false })).get('form-action')).toBe("'self' https: http:");
  });

  it('names the origin with a form, since applications refuse `Origin: null`', async () => {
    const pages = await renderAll(context);
    const withMeta: string[] = [];
    for (const [name, response] of pages) if ((await response.text()).includes('name="referrer"')) withMeta.push(name);
    expect(withMeta).toEqual(['confirmLogout', 'profile', 'resubmit']);
  });

  it('allows images from the logo’s place only, and the icon in the page itself', async () => {
    const withLogo = async (logoUrl: string) =>
      (await policyOf('forbidden', { ...config, brand: { logoUrl } })).get('img-src');
    expect((await policyOf('forbidden')).get('img-src')).toBe('data:');
    expect(await withLogo('/logo.svg')).toBe("data: 'self'");
    expect(await withLogo('https://cdn.example.com/a/logo.svg')).toBe('data: https://cdn.example.com');
    expect(await withLogo('javascript:alert(1)')).toBe('data:');
  });

  it('says nothing of HTTPS on plain HTTP', async () => {
    expect(ownResponseHeaders({ isSecure: false })).not.toHaveProperty('Strict-Transport-Security');
  });

  it('keeps the opener of the sign-in window on the way and on its last page alone, and on no redirect', async () => {
    const pages = await renderAll(context);
    const opener = [...pages].filter(([, page]) => page.headers.get('Cross-Origin-Opener-Policy') !== 'same-origin');
    expect(opener.map(([name]) => name)).toEqual(['onward', 'popupDone']);
    expect(ownResponseHeaders(config)).not.toHaveProperty('Cross-Origin-Opener-Policy');
  });

  it('is a response that the caller can add to', async () => {
    const response = (await renderAll(context)).get('signedOut') as Response;
    response.headers.append('Set-Cookie', 'a=1');
    expect(response.headers.get('Set-Cookie')).toBe('a=1');
  });
});
