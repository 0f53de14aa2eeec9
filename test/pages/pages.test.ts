// What the pages say, and that nothing from outside changes what they are.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unconfigured } from '../../src/pages/misconfigured.ts';
import { createPages } from '../../src/pages/pages.ts';
import { config, renderAll } from './samples.ts';

const context = { requestId: 'ref-1', acceptLanguage: 'en' };
const pages = createPages(config);
const textOf = async (page: Promise<Response>) => (await page).text();

/** Tags with the names of their attributes, in order: what a browser would build. */
const skeleton = (text: string): string[] =>
  [...text.matchAll(/<(\/?[a-z!][a-z0-9]*)((?: [a-z-]+(?:="[^"]*")?)*)\/?>/gi)].map(
    ([, tag, attributes = '']) => `${tag} ${attributes.replace(/="[^"]*"/g, '')}`,
  );

describe('hostile words', () => {
  it('change nothing of any page but its text', async () => {
    const plain = new Map<string, string[]>();
    for (const [name, response] of await renderAll(context)) plain.set(name, skeleton(await response.text()));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"><script>alert(1)</script>', "' onload='x", '</title><img src=x>', '{}', '$&', '‮', '</style>'),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (words) => {
        const say = (word: string) => `${word}${words}`;
        for (const [name, response] of await renderAll({ ...context, requestId: say('ref') }, say)) {
          const text = await response.text();
          expect(skeleton(text), name).toEqual(plain.get(name));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keep brand and origin to their place', async () => {
    const brand = { name: '<b>"', color: 'red}</style><script>', logoUrl: '"><script>' };
    const text = await textOf(createPages({ ...config, brand }).popupDone(context));
    expect(text).toContain('alt="&lt;b&gt;&quot;"');
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).toContain('--brand:#0f6b66');
  });
});

describe('forbidden', () => {
  const page = (person: object) => textOf(pages.forbidden(context, { person, returnTo: '/admin?a=1&b=2' }));

  it('says who, and leads to another account and out', async () => {
    const text = await page({ name: 'Ada', loginName: 'ada@example.com' });
    expect(text).toContain('Signed in as <strong><bdi>Ada</bdi></strong> (<bdi>ada@example.com</bdi>)');
    expect(text).toContain('href="/auth/login?prompt=select_account&amp;return_to=%2Fadmin%3Fa%3D1%26b%3D2"');
    expect(text).toContain('href="/auth/logout"');
  });

  it('has no place for role names', async () => {
    expect(await page({ name: 'Ada', roles: { 'secret-role': [] } })).not.toContain('secret-role');
  });

  it('says nothing where nothing is known, and a name once', async () => {
    expect(await page({})).not.toContain('Signed in as');
    expect(await page({ name: 'ada', loginName: 'ada' })).toContain('<strong><bdi>ada</bdi></strong></p>');
  });
});

describe('fault', () => {
  it('offers what the caller gives, and the start page otherwise', async () => {
    const links = async (data: object) => [
      ...(await textOf(pages.fault(context, { code: 'internal', ...data }))).matchAll(
        /<a class="button[^>]*href="([^"]*)"/g,
      ),
    ];
    expect((await links({})).map(([, href]) => href)).toEqual(['/']);
    expect((await links({ retryHref: '/x', signInHref: '/auth/login' })).map(([, href]) => href)).toEqual([
      '/x',
      '/auth/login',
    ]);
  });

  it('RFC 9110 §10.2.3 Retry-After in whole seconds', async () => {
    const page = await pages.fault(context, { code: 'provider_unavailable', retryAfter: 4.2 });
    expect(page.headers.get('Retry-After')).toBe('5');
    expect((await pages.fault(context, { code: 'internal' })).headers.has('Retry-After')).toBe(false);
  });
});

describe('misconfigured', () => {
  const issue = { variable: 'UPSTREAM_URL', found: '"ftp:"', wanted: 'an origin', example: '' };
  const page = (origin: string) => createPages(unconfigured(origin)).misconfigured(context, { issues: [issue] });

  it.each(['http://localhost:8787', 'http://127.0.0.1', 'http://[::1]:80', 'https://app.localhost'])(
    'lists on %s',
    async (origin) => {
      expect((await page(origin)).status).toBe(503);
      expect(await textOf(page(origin))).toContain('UPSTREAM_URL');
    },
  );

  it.each(['https://app.example.com', 'https://localhost.example.com', 'http://127.0.0.1.example.com', ''])(
    'keeps quiet on %j',
    async (origin) => {
      expect(await textOf(page(origin))).not.toContain('UPSTREAM_URL');
    },
  );
});

describe('profile', () => {
  const sample = async (acceptLanguage: string) =>
    (await renderAll({ ...context, acceptLanguage })).get('profile')?.text() ?? '';

  it('writes times in the visitor’s language; UTC, and for machines too, where the zone is not known', async () => {
    expect(await sample('en')).toMatch(/<time datetime="2025-10-09T08:53:20.000Z">Oct 9, 2025, 8:53\sAM UTC<\/time>/);
    expect(await sample('de')).toContain('9. Okt. 2025, 08:53 UTC');
  });

  it.each([
    ['en-GB,en;q=0.9', 'Europe/Zurich', '9 Oct 2025, 10:53 CEST'],
    ['en-US', 'America/New_York', 'Oct 9, 2025, 4:53 AM EDT'],
    ['de-CH', 'Europe/Zurich', '9. Okt. 2025, 10:53 MESZ'],
    ['pt', 'America/Sao_Paulo', '9 de out. de 2025, 05:53 BRT'],
    ['zh-TW', 'Asia/Taipei', '2025年10月9日 下午4:53 [GMT+8]'],
    ['en-GB', 'Nowhere/At_All', '9 Oct 2025, 08:53 UTC'],
  ])('writes them for %s in %s as %s', async (acceptLanguage, timeZone, written) => {
    const text = await (await renderAll({ ...context, acceptLanguage, timeZone })).get('profile')?.text();
    expect(text?.replaceAll('\u202f', ' ')).toContain(`<time datetime="2025-10-09T08:53:20.000Z">${written}</time>`);
  });

  it('marks this session, signs it out at the logout endpoint and the others here', async () => {
    const text = await sample('en');
    expect(text.match(/This browser/g)).toHaveLength(1);
    expect(text.match(/action="\/auth\/logout"/g)).toHaveLength(1);
    expect(text.match(/action="\/auth\/profile"/g)).toHaveLength(3);
    expect(text.match(/name="csrf" value="token"/g)).toHaveLength(4);
    expect(text).toContain('name="session" value="b2"');
    expect(text).toContain('name="session" value="others"');
  });

  it('says how one signed in, without what it does not know', async () => {
    expect(await sample('en')).toContain('<dd>password and one-time code</dd>');
  });

  it('has no button for others where there are none, and survives a time that is none', async () => {
    const session = { id: 'a', isCurrent: true, device: {}, startedAt: Number.NaN, seenAt: 1e300 };
    const data = { person: {}, roles: [], amr: [], startedAt: 0, expiresAt: 0, sessions: [session], csrf: 't' };
    const text = await textOf(pages.profile(context, data));
    expect(text).not.toContain('value="others"');
    expect(text).toContain('Unknown browser');
  });
});

describe('resubmit', () => {
  it('keeps fields, order, encoding and a path that looks like a host', async () => {
    const fields = [
      ['a', '1\r\n"2"'],
      ['a', ''],
      ['submit', 'x'],
    ] as const;
    const text = await textOf(pages.resubmit(context, { action: '//evil.example/x', enctype: 'text/plain', fields }));
    expect(text).toContain('action="https://app.example.com//evil.example/x" enctype="text/plain"');
    expect(text).toContain(
      'name="a" value="1\r\n&quot;2&quot;"><input type="hidden" name="a" value=""><input type="hidden" name="submit"',
    );
  });
});

describe('signedOut', () => {
  it('says so when ZITADEL could not be told', async () => {
    const text = await textOf(pages.signedOut(context, { isProviderUntold: true }));
    expect(text).toContain('may still be signed in');
  });
});
