// Whether the operator's own ZITADEL knows the addresses of this machine, asked as doctor asks; and the command that has it know them.

import { mapBounded } from '../doctor/at-sites.ts';
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
  { config, plan, values, sites }: State,
  place: { readonly config?: string; readonly env?: string },
  { fetch, now }: Pick<System, 'fetch' | 'now'>,
): Promise<Registration> {
  const own = sites.filter(({ isFirst, isWildcard }) => !isFirst && !isWildcard).map((site) => site.config);
  const sharing = own.filter(({ client_id }) => client_id === config?.client_id).map(({ origin }) => origin);
  const command = suggestRegistration(values.before, plan, place, sharing);
  const wanted = `ZITADEL’s application needs the redirect URI ${plan.callback} and the post-logout URI ${plan.postLogout}, letter for letter; as they are http://, also its development mode`;
  if (!config) return { notes: [wanted], commands: [command] };
  const { findings, metadata } = await checkDiscovery(config, fetch, now);
  const isWrong = ({ status }: { status: string }) => status === 'failed';
  const describe = ({ found, cure }: { found: string; cure?: string }) => (cure ? `${found}: ${cure}` : found);
  if (!metadata) return { notes: [...findings.filter(isWrong).map(describe), wanted], commands: [command] };
  const answers = await mapBounded([config, ...own], async (site) => [
    ...(await checkRedirectUri(site, metadata, fetch)),
    ...(await checkPostLogoutUri(site, metadata, fetch)),
  ]);
  const asked = answers.flat().filter(isWrong);
  if (asked.length === 0) return UNASKED;
  return { notes: [...asked.map(({ found }) => found), wanted], commands: [command] };
}
