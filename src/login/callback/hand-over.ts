// ZITADEL takes no redirect URI with a wildcard. So a host that a wildcard stands for names the first site's, and is named in `state`: the first
// site hands ZITADEL's answer over to it. The code in it is sealed for that host: whatever else reads the address there, be it a service worker
// of its application, could else use up a code that was asked for with a verifier of its own.
// ARCHITECTURE §7 Sites; RFC 7636 §1 (a code that is intercepted), RFC 9700 §4.11 (open redirection), §4.4 (mix-up).

import { type Endpoint, redirectAnswer } from '../../answer/answers.ts';
import { GatewayError } from '../../errors.ts';
import type { Gateway } from '../../gateway.ts';
import { createKeyring } from '../../session/keyring.ts';
import type { CallbackParameters, LoginUnderWay } from './evidence.ts';
import type { ProviderRefusal } from './refusals.ts';

/** No part of a random state, nor of a host. */
const MARK = '~';

/** Whether ZITADEL's answers come by way of the first site. */
const isHandedOver = ({ site, origin, redirect_uri }: Gateway['config']): boolean =>
  site !== undefined && !redirect_uri.startsWith(`${origin}/`);

/** `state`, with the site that the answer is for, where that is not the one that ZITADEL knows. */
export function markedState({ config }: Gateway, state: string): string {
  return isHandedOver(config) ? state + MARK + config.site : state;
}

/** The host that an answer is for, whoever has written it there. */
const hostIn = (state: string): string | undefined => /^[\w-]+~(.+)$/.exec(state)?.[1];

/** What is sealed: a code, and the answer that it came in. */
interface HandedCode {
  readonly code: string;
  readonly state: string;
}

/** Only to the same path of that host, which is the gateway's there too, and with nothing but what came. */
export const orHandedOver =
  (endpoint: Endpoint): Endpoint =>
  (gateway) => {
    const answer = endpoint(gateway);
    const { handsOverTo, origin, sessionSecrets } = gateway.config;
    if (!handsOverTo) return answer;
    return async (c) => {
      const { pathname, searchParams } = c.get('url');
      const [state, code] = [searchParams.get('state') ?? '', searchParams.get('code')];
      const host = hostIn(state);
      const isRepeated = ['code', 'state'].some((name) => searchParams.getAll(name).length > 1);
      if (host === undefined || !handsOverTo(host) || isRepeated) return answer(c);
      const query = new URLSearchParams(searchParams);
      if (code !== null) {
        const sealed = createKeyring(sessionSecrets, host).seal('code', { code, state } satisfies HandedCode);
        query.set('code', await sealed);
      }
      c.get('event').decision = 'handed_over';
      return redirectAnswer(gateway, `${origin.slice(0, origin.indexOf('//') + 2)}${host}${pathname}?${query}`, 303);
    };
  };

/** A host that a wildcard stands for takes a code from the first site alone, for itself and for this answer. */
export async function handedOver(login: LoginUnderWay): Promise<LoginUnderWay | ProviderRefusal> {
  const { gateway, parameters } = login;
  const sealed = parameters.get('code');
  if (sealed === null || !isHandedOver(gateway.config)) return login;
  const opened = await gateway.keyring.unseal<HandedCode>('code', sealed);
  if (opened.kind !== 'ok' || opened.value.state !== parameters.get('state')) {
    const fault = new GatewayError('login_failed', 'callback: a code that was not handed over to this host');
    return { tag: 'failed_check', fault };
  }
  const answer = new URLSearchParams(parameters);
  answer.set('code', opened.value.code);
  return { ...login, parameters: answer as CallbackParameters };
}
