// Login V2's page that asks which session to end, and the pages that say that it is over.

import { verifyOwnJwt } from './access-token.ts';
import type { Endpoint, Instance } from './instance.ts';
import { escapeHtml, hiddenField, messagePage, page } from './pages.ts';
import { redirectTo } from './respond.ts';
import { loadBrowserSessions, sessionCookie } from './session-cookie.ts';
import { terminateSession } from './sessions.ts';
import { loginName } from './store.ts';

export function createLogoutPage(instance: Instance): Endpoint {
  return async (exchange) => {
    const { params, request, issuer, url } = exchange;
    const token = params.get('logout_token');
    // The signed token is what makes the destination one that end_session has checked.
    const destination = token === null ? null : await destinationIn(instance, token);
    const sessions = loadBrowserSessions(instance, request, 'v2').filter(({ isTerminated }) => !isTerminated);
    const nameOf = ({ userId }: (typeof sessions)[number]) => {
      const user = instance.store.users.get(userId);
      return user ? loginName(instance.store, user) : userId;
    };
    // On a GET, the page's script ends the session whose login name is the hint, without asking.
    const chosen =
      request.method === 'POST'
        ? sessions.find(({ id }) => id === params.get('session'))
        : sessions.find((session) => nameOf(session) === params.get('logout_hint'));
    if (chosen) {
      terminateSession(instance, chosen, issuer);
      const rest = sessions.filter((session) => session !== chosen);
      return redirectTo(destination ?? `${url.pathname}/done`, [sessionCookie(exchange, rest)]);
    }
    const fields = ['logout_token', 'post_logout_redirect'].map((name) => hiddenField(name, params.get(name) ?? ''));
    const buttons = sessions.map(
      (session) => `<button name="session" value="${escapeHtml(session.id)}">${escapeHtml(nameOf(session))}</button>`,
    );
    const form = `<form method="post" action="${escapeHtml(url.pathname)}">${fields.join('')}${buttons.join('')}</form>`;
    const back = destination === null ? '' : `<p><a href="${escapeHtml(destination)}">Back to the application</a></p>`;
    return page({
      title: 'Which session shall end?',
      body: sessions.length > 0 ? form : `<p>There is no session in this browser.</p>${back}`,
    });
  };
}

async function destinationIn(instance: Instance, token: string): Promise<string | null> {
  const destination = (await verifyOwnJwt(instance, token))?.post_logout_redirect_uri;
  return typeof destination === 'string' ? destination : null;
}

export function createLogoutDone(): Endpoint {
  return async () => messagePage('Signed out', 'The session at the provider has ended.');
}
