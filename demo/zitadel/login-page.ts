// What the sign-in and registration pages show.

import type { Instance } from './instance.ts';
import { escapeHtml, hiddenField, page } from './pages.ts';
import type { AuthRequest, SsoSession } from './sessions.ts';
import { type HumanUser, loginName } from './store.ts';

export interface SignInView {
  authRequest: AuthRequest;
  action: string;
  people: HumanUser[];
  /** Sessions of this browser that a click continues without signing in again. */
  sessions: SsoSession[];
  clientName: string;
}

function rolesOf(instance: Instance, user: HumanUser): string {
  const grants = [...instance.store.authorizations.values()].filter(({ userId }) => userId === user.id);
  const keys = grants.flatMap(({ roleKeys }) => roleKeys);
  return keys.length > 0 ? keys.join(', ') : 'no role';
}

export function signInPage(instance: Instance, view: SignInView): Response {
  const continued = new Set(view.sessions.map(({ userId }) => userId));
  const buttons = view.people.map((user) => {
    const note = continued.has(user.id) ? ' · signed in already' : '';
    const detail = `${loginName(instance.store, user)} · ${rolesOf(instance, user)}${note}`;
    return `<button name="user" value="${escapeHtml(user.id)}" lang="${escapeHtml(user.preferredLanguage ?? 'en')}">${escapeHtml(user.displayName)}<small>${escapeHtml(detail)}</small></button>`;
  });
  return page({
    title: 'Who are you today?',
    body: `<p class="dim">to continue to ${escapeHtml(view.clientName)}</p>
<form method="post" action="${escapeHtml(view.action)}">
${hiddenField('authRequest', view.authRequest.id)}
${buttons.join('\n')}
<label class="row"><input type="checkbox" name="mfa" value="on"> with second factor</label>
<button class="quiet" name="cancel" value="1">Cancel</button>
</form>`,
  });
}

export function registrationPage(authRequest: AuthRequest, action: string): Response {
  const field = (name: string, label: string, type = 'text') =>
    `<label>${label}<input type="${type}" name="${name}" required></label>`;
  return page({
    title: 'Register',
    body: `<p class="dim">A new person, without any role.</p>
<form method="post" action="${escapeHtml(action)}">
${hiddenField('authRequest', authRequest.id)}
${field('given_name', 'Given name')}
${field('family_name', 'Family name')}
${field('email', 'E-mail', 'email')}
<button name="register" value="1">Register and sign in</button>
</form>
<form method="post" action="${escapeHtml(action)}">${hiddenField('authRequest', authRequest.id)}<button class="quiet" name="cancel" value="1">Cancel</button></form>`,
  });
}
