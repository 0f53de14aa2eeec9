// The parts and the files together: what the gateway is to be started with, and what is said and shown of all of it.

import { join, relative } from 'node:path';
import { endpointPath, endpointUrl, folderOf } from '../../src/endpoints/catalogue.ts';
import { CommandError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { findLimits, findSiteLimits, suggestTrials } from './advice.ts';
import type { DevFlags } from './flags.ts';
import { createOverview, type Overview, rolesOfRules } from './overview.ts';
import { type Parts, startParts } from './parts.ts';
import { textOf } from './plan.ts';
import { askAboutRegistration, type Registration, UNASKED } from './registration.ts';
import { type Opened, openInstallation, planState, type State, watchedFiles } from './state.ts';

export interface Look {
  readonly opened: Opened;
  readonly state: State;
}

export interface Stage {
  /** Where what only this run needs is kept: beside Wrangler's own things, which git ignores. */
  readonly folder: string;
  readonly watched: readonly string[];
  readonly hasStandIn: boolean;
  /** Reads the files again; the stand-in and the page get to know what they say. */
  look(): Promise<Look>;
  /** Also asks ZITADEL, where it is the operator's own. */
  describe(): Promise<Overview>;
  close(): Promise<void>;
}

export async function startStage(flags: DevFlags, system: System): Promise<Stage> {
  const first = await openInstallation(flags.place);
  const folder = join(first.folder, '.wrangler/postern-dev');
  let registration = UNASKED;
  let overview: Overview | undefined;
  const parts = await startParts(flags, first, folder, current);
  async function look(): Promise<Look> {
    const opened = await openInstallation(flags.place);
    const state = planState(opened, parts.wishes);
    adopt(parts, state);
    if (overview) overview = overviewOf(flags, parts, state, registration);
    return { opened, state };
  }
  async function describe(): Promise<Overview> {
    const { state } = await look();
    if (!parts.standIn) registration = await askAboutRegistration(state, flags.place, system);
    overview = overviewOf(flags, parts, state, registration);
    return overview;
  }
  async function current(): Promise<Overview | undefined> {
    try {
      // The addresses may have been registered at ZITADEL by now.
      if (overview) await (registration === UNASKED ? look() : describe());
    } catch (cause) {
      // The files can't be read just now; what was read before still runs.
      if (!(cause instanceof CommandError) || !overview) throw cause;
      return { ...overview, notes: [cause.message, ...overview.notes] };
    }
    return overview;
  }
  return {
    folder,
    watched: watchedFiles(first),
    hasStandIn: flags.standIn,
    look,
    describe,
    close: parts.close,
  };
}

function idsOf({ standIn }: Parts, { values }: State) {
  const seeded = standIn?.ids ?? { clientId: '', projectId: '' };
  return {
    clientId: textOf(values.after, 'ZITADEL_CLIENT_ID') ?? seeded.clientId,
    projectId: textOf(values.after, 'ZITADEL_PROJECT_ID') ?? seeded.projectId,
  };
}

function adopt(parts: Parts, state: State): void {
  const { callback, postLogout } = state.plan;
  const backChannel = endpointPath({ endpoints: folderOf(callback) }, 'backchannelLogout');
  const roles = rolesOfRules(state.config);
  const first = { ...idsOf(parts, state), callback, postLogout, backChannel, roles };
  parts.standIn?.adopt(first);
  for (const { config } of state.sites.filter(({ isFirst }) => !isFirst)) {
    const { client_id: clientId, projectId = first.projectId, redirect_uri, post_logout_redirect_uri } = config;
    parts.standIn?.adopt({
      clientId,
      projectId,
      callback: redirect_uri,
      postLogout: post_logout_redirect_uri,
      // The first site hears for all that share its application.
      backChannel: clientId === first.clientId ? backChannel : endpointUrl(config, 'backchannelLogout'),
      roles: rolesOfRules(config),
    });
  }
}

function overviewOf(flags: DevFlags, parts: Parts, state: State, registration: Registration): Overview {
  const { application, standIn, page } = parts;
  const { plan, config, sites, issues, values } = state;
  const { projectId } = idsOf(parts, state);
  const running = standIn && {
    issuer: standIn.issuer,
    keyFile: relative(process.cwd(), standIn.keyFile),
    projectId,
    personas: standIn.personas(projectId),
  };
  const kind = { isStandIn: standIn !== undefined, application };
  const trials = running && suggestTrials({ plan, config, application, standIn: running, place: flags.place });
  return createOverview({
    plan,
    config,
    sites,
    issues,
    application,
    standIn: running,
    issuer: textOf(values.after, 'ZITADEL_DOMAIN') ?? '',
    page: page.url,
    notes: [
      ...findLimits(config, plan, kind),
      ...findSiteLimits(state, [...(parts.wishes.sites?.upstreams.keys() ?? [])]),
      ...registration.notes,
    ],
    commands: [...(trials ?? []), ...registration.commands],
  });
}
