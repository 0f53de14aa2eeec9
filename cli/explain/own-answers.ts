// What the gateway's own endpoints answer to a request without parameters and without a body, as our own pages send it.
// ARCHITECTURE §2. Whoever is signed in is so by a session: none of them takes a bearer token.

import type { Config } from '../../src/config/schema.ts';
import type { EndpointName } from '../../src/endpoints/catalogue.ts';
import { loginRedirectStatus } from '../../src/policy/way-to-login.ts';
import type { Question } from './question.ts';

export interface Statuses {
  readonly navigation: number;
  readonly other: number;
}

interface Asked {
  readonly config: Config;
  readonly method: string;
  readonly isSignedIn: boolean;
}

/** To ZITADEL, and a script that can't go there is told so. */
const SIGN_IN: Statuses = { navigation: 302, other: 401 };

const ANSWERS: Readonly<Record<EndpointName, (asked: Asked) => number | Statuses>> = {
  login: ({ method }) => ({ ...SIGN_IN, navigation: loginRedirectStatus(method) }),
  onward: () => 302,
  onwardScript: () => 200,
  // A script's GET is asked first.
  logout: ({ method, isSignedIn }) => (isSignedIn ? { navigation: 303, other: method === 'POST' ? 303 : 200 } : 200),
  logoutCallback: () => 200,
  backchannelLogout: () => 400,
  userinfo: ({ isSignedIn }) => (isSignedIn ? 200 : 401),
  profile: ({ method, isSignedIn }) => {
    if (method === 'POST') return isSignedIn ? 303 : 401;
    return isSignedIn ? 200 : SIGN_IN;
  },
  client: () => 200,
  done: () => 200,
  doneScript: () => 200,
  stepUp: ({ isSignedIn }) => (isSignedIn ? 403 : 302),
  resubmit: ({ isSignedIn }) => (isSignedIn ? 302 : SIGN_IN),
  resubmitScript: () => 200,
  check: () => 403,
  jwks: () => 200,
  operatorSessions: ({ config }) => (config.operatorSecret === undefined ? 404 : 401),
  metrics: ({ config }) => (config.operatorSecret === undefined ? 404 : 401),
  health: () => 200,
  ready: () => 200,
  callback: ({ isSignedIn }) => (isSignedIn ? 302 : SIGN_IN),
  resourceMetadata: ({ config }) => (config.takesBearer ? 200 : 404),
  postLogout: () => 200,
  portal: ({ isSignedIn }) => (isSignedIn ? 200 : SIGN_IN),
};

export function ownAnswers(config: Config, name: EndpointName, { method, who }: Question): Statuses {
  const answer = ANSWERS[name]({ config, method, isSignedIn: who?.via === 'session' });
  return typeof answer === 'number' ? { navigation: answer, other: answer } : answer;
}
