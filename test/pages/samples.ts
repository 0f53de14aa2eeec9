// One call of each page with plausible data, and the same with every word replaced: for tests of all pages at once.

import { FAULTS, type FaultCode } from '../../src/errors.ts';
import type { PagesConfig } from '../../src/pages/page-headers.ts';
import { createPages, type PageContext } from '../../src/pages/pages.ts';
import { createSiteLink } from '../../src/pages/portal.ts';

export const config: PagesConfig = {
  brand: { name: 'Example Reports' },
  endpoints: '/auth',
  isSecure: true,
  issuer: 'https://login.example.com',
  origin: 'https://app.example.com',
};

/** `say` stands for every word that comes from outside. */
export const renderAll = async (
  context: PageContext,
  say: (word: string) => string = (word) => word,
  settings: PagesConfig = config,
): Promise<ReadonlyMap<string, Response>> => {
  const pages = createPages(settings);
  const person = { name: say('Ada Lovelace'), loginName: say('ada'), email: say('ada@example.com') };
  const session = {
    id: say('a1'),
    isCurrent: true,
    device: { browser: say('Firefox'), system: say('Linux') },
    place: say('Zürich, CH'),
    startedAt: 1_760_000_000,
    seenAt: 1_760_003_600,
  };
  const responses: [string, Promise<Response>][] = [
    ['forbidden', pages.forbidden(context, { person, returnTo: say('/admin') })],
    ['stepUpRefused', pages.stepUpRefused(context, { person, returnTo: say('/admin'), isTooOld: true })],
    ['stepUpRefused amr', pages.stepUpRefused(context, { person, returnTo: say('/admin'), isTooOld: false })],
    ['loginCancelled', pages.loginCancelled(context, { returnTo: say('/report'), isStepUp: false })],
    ['loginCancelled step-up', pages.loginCancelled(context, { returnTo: say('/report'), isStepUp: true })],
    ['loginDenied', pages.loginDenied(context, { person, returnTo: say('/') })],
    ['foreignOrganization', pages.foreignOrganization(context, { person, returnTo: say('/') })],
    ['cookiesBlocked', pages.cookiesBlocked(context, { retryHref: say('/report') })],
    ['confirmLogout', pages.confirmLogout(context, { fields: [[say('csrf'), say('token')]], cancelHref: say('/') })],
    ['signedOut', pages.signedOut(context, { returnTo: say('/') })],
    ['signedOut untold', pages.signedOut(context, { isProviderUntold: true })],
    [
      'profile',
      pages.profile(context, {
        person,
        organization: say('Analytical Engines Ltd'),
        roles: [say('editor'), say('reader')],
        amr: ['pwd', 'otp', 'mfa', say('other')],
        startedAt: 1_760_000_000,
        expiresAt: 1_760_043_200,
        sessions: [
          session,
          { ...session, id: say('b2'), isCurrent: false, device: { browser: say('Safari'), system: say('iOS') } },
          { id: say('c3'), isCurrent: false, device: {}, startedAt: 1_759_990_000, seenAt: 1_759_990_000 },
        ],
        csrf: say('token'),
      }),
    ],
    [
      'portal',
      pages.portal(context, {
        person,
        sites: [
          createSiteLink({ origin: 'https://wiki.example.com', brand: { name: say('Wiki'), color: '#ffd500' } }, false),
          createSiteLink({ origin: settings.origin, brand: { name: say('Shop'), logoUrl: '/logo.svg' } }, true),
          createSiteLink({ origin: 'https://reports.example.com:8443', brand: { logoUrl: '/logo.svg' } }, false),
        ],
      }),
    ],
    ['portal empty', pages.portal(context, { person, sites: [] })],
    [
      'resubmit',
      pages.resubmit(context, {
        action: say('/report'),
        person,
        fields: [
          [say('title'), say('Hello')],
          ['submit', say('Send')],
        ],
      }),
    ],
    ['formNotKept', pages.formNotKept(context, { code: 'content_too_large', signInHref: say('/auth/login') })],
    ['onward', pages.onward(context, { href: say('/auth/login'), isSignOut: true })],
    [
      'misconfigured',
      pages.misconfigured(context, {
        issues: [
          { variable: say('SESSION_DURATION'), found: say('"soon"'), wanted: say('seconds'), example: say('3600') },
          {
            variable: say('UPSTREAM_URL'),
            found: say('nothing'),
            wanted: say('the application’s origin'),
            example: '',
          },
        ],
      }),
    ],
    ['popupDone', pages.popupDone(context, { person })],
  ];
  for (const code of Object.keys(FAULTS) as FaultCode[]) {
    const links = { retryHref: say('/report?page=2'), signInHref: say('/auth/login'), retryAfter: 10, refresh: '10' };
    responses.push([`fault ${code}`, pages.fault(context, { code, ...links })]);
  }
  return new Map(await Promise.all(responses.map(async ([name, page]) => [name, await page] as const)));
};
