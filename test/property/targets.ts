// Every target there is: the parsers by themselves, what ZITADEL answers, and the whole gateway.

import { applicationTargets } from './gateway/applications.ts';
import { concurrencyTargets } from './gateway/concurrency.ts';
import { keptFormTargets } from './gateway/kept-forms.ts';
import { loginTargets } from './gateway/logins.ts';
import { logoutNoticeTargets } from './gateway/logout-notices.ts';
import { requestTargets } from './gateway/requests.ts';
import { authorizationTargets } from './parsers/authorization.ts';
import { configurationTargets } from './parsers/configuration.ts';
import { cookieTargets } from './parsers/cookies.ts';
import { manifestTargets } from './parsers/manifest.ts';
import { ownAddressTargets } from './parsers/own-addresses.ts';
import { pathTargets } from './parsers/paths.ts';
import { requestFieldTargets } from './parsers/request-fields.ts';
import { returnToTargets } from './parsers/return-to.ts';
import { sealedTargets } from './parsers/sealed.ts';
import { responseTargets } from './parsers/upstream-response.ts';
import { wayUpTargets } from './parsers/way-up.ts';
import { wordTargets } from './parsers/words.ts';
import { answerTargets } from './provider/answers.ts';
import { tokenTargets } from './provider/tokens.ts';
import type { Target } from './target.ts';

export const PARSERS: readonly Target[] = [
  ...cookieTargets,
  ...sealedTargets,
  ...pathTargets,
  ...wayUpTargets,
  ...ownAddressTargets,
  ...returnToTargets,
  ...authorizationTargets,
  ...requestFieldTargets,
  ...responseTargets,
  ...manifestTargets,
  ...wordTargets,
  ...configurationTargets,
];

export const PROVIDER: readonly Target[] = [...tokenTargets, ...answerTargets];

export const GATEWAY: readonly Target[] = [
  ...requestTargets,
  ...loginTargets,
  ...keptFormTargets,
  ...logoutNoticeTargets,
  ...concurrencyTargets,
  ...applicationTargets,
];
