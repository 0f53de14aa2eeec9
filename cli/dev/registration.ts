// Whether the operator's own ZITADEL knows the addresses of this machine, asked as doctor asks; and the command that has it know them.

import { checkDiscovery } from '../doctor/provider.ts';
import { checkPostLogoutUri, checkRedirectUri } from '../doctor/registration.ts';
import type { System } from '../support/system.ts';
import { suggestRegistration } from './advice.ts';
import type { Suggestion } from './overview.ts';
import type { State } from './state.ts';

export interface Registration {
  readonly notes: readonly string[];
  readonly commands: readonly Suggestion[];
}

export const UNASKED: Registration = { notes: [], commands: [] };

export async function askAboutRegistration(
  { config, plan, values }: State,
  place: { readonly config?: string; readonly env?: string },
  { fetch, now }: Pick<System, 'fetch' | 'now'>,
): Promise<Registration> {
  const command = suggestRegistration(values.before, plan, place);
  const wanted = `ZITADEL’s application needs the redirect URI ${plan.callback} and the post-logout URI ${plan.postLogout}, letter for letter; as they are http://, also its development mode`;
  if (!config) return { notes: [wanted], commands: [command] };
  const { findings, metadata } = await checkDiscovery(config, fetch, now);
  const isWrong = ({ status }: { status: string }) => status === 'failed';
  const describe = ({ found, cure }: { found: string; cure?: string }) => (cure ? `${found}: ${cure}` : found);
  if (!metadata) return { notes: [...findings.filter(isWrong).map(describe), wanted], commands: [command] };
  const asked = [
    ...(await checkRedirectUri(config, metadata, fetch)),
    ...(await checkPostLogoutUri(config, metadata, fetch)),
  ].filter(isWrong);
  if (asked.length === 0) return UNASKED;
  return { notes: [...asked.map(({ found }) => found), wanted], commands: [command] };
}
