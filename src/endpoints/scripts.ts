// The gateway's script files, and the page where a sign-in in a small window ends.
// ARCHITECTURE §2 (no inline script, so each is a file of its own).

import { type Endpoint, pageContext } from '../answer/answers.ts';
import { personOf } from '../identity/person.ts';
import { clientScript } from '../pages/client-script.ts';
import { wordingFor } from '../pages/languages.ts';
import { ownResponseHeaders } from '../pages/page-headers.ts';
import { folderUrl } from './catalogue.ts';

/** The text may depend on where the endpoints are, and on the visitor's language. */
export const script =
  (write: (base: string, acceptLanguage: string | null) => string | Promise<string>): Endpoint =>
  ({ config }) =>
  async (c) =>
    new Response(await write(folderUrl(config), c.req.header('accept-language') ?? null), {
      headers: { ...ownResponseHeaders(config), 'Content-Type': 'text/javascript; charset=utf-8' },
    });

export const client = script(async (base, acceptLanguage) => {
  const { messages } = await wordingFor(acceptLanguage);
  const { signedOut, signIn, staySignedIn, endsAt } = messages;
  return clientScript(base, [signedOut, signIn, staySignedIn, endsAt]);
});

export const done: Endpoint =
  ({ pages, visitorSessions }) =>
  async (c) => {
    // Whoever has just signed in here. Nothing depends on it.
    const cookie = c.req.header('cookie') ?? null;
    const opened = await visitorSessions.open(cookie, { countsAsActivity: false }).catch(() => undefined);
    const person = opened?.kind === 'active' ? personOf(opened.visit.session.identity) : undefined;
    return pages.popupDone(pageContext(c), { person });
  };
