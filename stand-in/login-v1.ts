// Login V1's own two forms, by name and by password, for scripts that sign in as they would at a real ZITADEL.
// /ui/login/loginname, /ui/login/password.

import { apiControl } from './api/control.ts';
import type { Endpoint, Instance } from './instance.ts';
import { findOpenRequest, nothingToSignInTo, signInAs } from './login.ts';
import { passwordPage, V1_FORMS } from './login-page.ts';
import { messagePage } from './pages.ts';
import { findUserByLoginName } from './store.ts';

function createV1LoginName(instance: Instance): Endpoint {
  return async ({ params }) => {
    const authRequest = findOpenRequest(instance, params);
    if (!authRequest) return nothingToSignInTo();
    const loginName = params.get('loginName') ?? '';
    const user = findUserByLoginName(instance.store, loginName);
    if (user?.kind !== 'human') return messagePage('Sign-in failed', 'User could not be found', 200);
    return passwordPage(authRequest, loginName);
  };
}

/** Who was given no password through the API can't sign in here; the page with everybody's names is for them. */
function createV1Password(instance: Instance): Endpoint {
  return async (exchange) => {
    const { params } = exchange;
    const authRequest = findOpenRequest(instance, params);
    if (!authRequest) return nothingToSignInTo();
    const loginName = params.get('loginName') ?? '';
    const user = findUserByLoginName(instance.store, loginName);
    const known = apiControl(instance.written).passwords.get(user?.id ?? '')?.password;
    const isRight = known !== undefined && known === params.get('password');
    if (user?.kind === 'human' && user.state === 'active' && isRight) {
      return signInAs(instance, exchange, authRequest, user);
    }
    return passwordPage(authRequest, loginName, 'Password is invalid');
  };
}

export const V1_FORM_ENDPOINTS = { [V1_FORMS.name]: createV1LoginName, [V1_FORMS.password]: createV1Password };
