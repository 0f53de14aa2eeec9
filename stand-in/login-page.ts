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

/** Where Login V1's own forms lead. */
export const V1_FORMS = { name: '/ui/login/loginname', password: '/ui/login/password' } as const;

/** The field names are V1's. */
const v1Form = (authRequest: AuthRequest, action: string, fields: string): string =>
  `<form method="post" action="${action}">${hiddenField('gorilla.csrf.Token', 'stand-in')}${hiddenField('authRequestID', authRequest.id)}${fields}</form>`;

export function passwordPage(authRequest: AuthRequest, loginName: string, complaint?: string): Response {
  const fields = `${hiddenField('loginName', loginName)}<label>Password<input type="password" name="password" required></label><button>Next</button>`;
  return page({
    title: 'Password',
    body: `${complaint === undefined ? '' : `<p role="alert">${escapeHtml(complaint)}</p>`}${v1Form(authRequest, V1_FORMS.password, fields)}`,
  });
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
  const hint = escapeHtml(view.authRequest.loginHint ?? '');
  const nameField = `<label>Login name<input type="text" name="loginName" value="${hint}" required></label><button>Next</button>`;
  const isV1 = view.authRequest.loginVersion === 'v1';
  const byName = isV1 ? v1Form(view.authRequest, V1_FORMS.name, nameField) : '';
  return page({
    title: 'Who are you today?',
    body: `<p class="dim">to continue to ${escapeHtml(view.clientName)}</p>
<form method="post" action="${escapeHtml(view.action)}">
${hiddenField('authRequest', view.authRequest.id)}
${buttons.join('\n')}
<label class="row"><input type="checkbox" name="mfa" value="on"> with second factor</label>
<button class="quiet" name="cancel" value="1">Cancel</button>
</form>${byName}`,
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
