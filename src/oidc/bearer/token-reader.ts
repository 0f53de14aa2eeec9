// What a bearer token says: a JWT speaks for itself where an audience is configured to hold it against, about any other the provider is asked.
// RFC 6750; RFC 7662; RFC 9068.

import type { Config } from '../../config/schema.ts';
import type { RelyingParty } from '../relying-party.ts';
import type { SigningKeys } from '../signing-keys.ts';
import { isSignedToken } from '../tokens/jws.ts';
import { readAccessToken, type TokenReading } from './access-token.ts';
import { createIntrospection } from './introspection.ts';
import type { Pause } from './pause.ts';
import type { AskAboutToken } from './unknown-tokens.ts';
import { refuse } from './verdict.ts';

export interface TokenReaderDependencies {
  readonly config: Config;
  readonly relyingParty: Pick<RelyingParty, 'introspect'>;
  readonly signingKeys: SigningKeys;
  readonly now: () => number;
}

/** Of all sites together: it is one ZITADEL that is asked, with one application of ours. */
export interface QuestionBounds {
  readonly pause: Pause;
  readonly askAbout: AskAboutToken;
}

export interface TokenReader {
  /** Throws `provider_unavailable`, and `too_many_requests` for who sent too many that were never good. */
  read(
    token: string,
    asker: { readonly isKnown: boolean; readonly network: string | undefined },
  ): Promise<TokenReading>;
  /** Whether the provider is asked about it, and may say something else tomorrow. */
  isAskedAbout(token: string): boolean;
}

/** Milliseconds for everything that one token needs of ZITADEL. */
const DEADLINE = 6_000;

export function createTokenReader(deps: TokenReaderDependencies, { pause, askAbout }: QuestionBounds): TokenReader {
  const { config, relyingParty, signingKeys: keys, now } = deps;
  const { introspect: call } = relyingParty;
  const introspect = call && createIntrospection({ config, call, now, pause });
  const speaksForItself = (token: string) => config.audience.length > 0 && isSignedToken(token);
  return {
    isAskedAbout: (token) => introspect !== undefined && !speaksForItself(token),
    async read(token, { isKnown, network }) {
      const signal = AbortSignal.timeout(DEADLINE);
      if (speaksForItself(token)) return readAccessToken(token, { config, keys, now, network, signal });
      if (!introspect) return refuse({ problem: 'no_introspection' });
      // During a pause nothing is asked, so nothing is taken from a budget.
      if (!isKnown) pause.assertOver();
      return askAbout({ network, isKnown, signal }, () => introspect(token, signal));
    },
  };
}
