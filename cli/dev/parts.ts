// What runs besides the gateway: the guest book where it is the application, the stand-in, the page. Ended in the other order.

import { join } from 'node:path';
import { isLoopback } from '../../src/config/urls.ts';
import { isTable, parseJson } from '../../src/config/values.ts';
import { UsageError } from '../support/failure.ts';
import { chooseApplication, isListening, portOf } from './application.ts';
import type { DevFlags } from './flags.ts';
import type { RunningApplication } from './overview.ts';
import { type Current, type Page, startPage } from './page.ts';
import { textOf, type Values, type Wishes } from './plan.ts';
import { assertFree, isFree } from './ports.ts';
import { demoSites, NO_SITES, type SiteWishes } from './sites.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import type { Opened } from './state.ts';

export interface Parts {
  readonly application: RunningApplication;
  readonly standIn: StandIn | undefined;
  readonly page: Page;
  /** What they ask of the gateway's configuration. */
  readonly wishes: Wishes;
  close(): Promise<void>;
}

interface Part {
  close(): Promise<void>;
}

const DEFAULT_PORTS = { gateway: 8787, standIn: 8080, application: 8081 };

/** `folder`: for what only this run needs. `current`: what the page shows. */
export async function startParts(flags: DevFlags, opened: Opened, folder: string, current: Current): Promise<Parts> {
  const { environment: values } = opened.installation;
  const ports = await preparePorts(flags, opened);
  const started: Part[] = [];
  const keep = <Started extends Part>(part: Started): Started => {
    started.unshift(part);
    return part;
  };
  const close = async () => {
    for (const part of started.splice(0)) await part.close();
  };
  try {
    const { application, upstream } = await startApplication(flags, values, keep);
    const sites = await startSites(flags, values, keep);
    const standIn = flags.standIn
      ? keep(await startStandIn(ports.standIn, join(folder, 'service-account.json')))
      : undefined;
    const preferred = ports.gateway + 1;
    const page = keep(await startPage(flags.ports.page ?? ((await isFree(preferred)) ? preferred : 0), current));
    const ids = standIn && { origin: standIn.issuer, ...standIn.ids };
    return { application, standIn, page, wishes: { port: ports.gateway, standIn: ids, upstream, sites }, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

async function preparePorts({ ports, standIn: isWanted }: DevFlags, { installation }: Opened) {
  const { environment: values, wrangler } = installation;
  const gateway =
    ports.gateway ?? portIn(values, 'ZITADEL_CALLBACK_URL') ?? wrangler.dev?.port ?? DEFAULT_PORTS.gateway;
  const standIn = ports.standIn ?? portIn(values, 'ZITADEL_DOMAIN') ?? DEFAULT_PORTS.standIn;
  await assertFree([
    { port: gateway, what: 'the gateway', flag: 'port' },
    ...(isWanted ? [{ port: standIn, what: 'the stand-in for ZITADEL', flag: 'stand-in-port' }] : []),
    ...(ports.page === undefined ? [] : [{ port: ports.page, what: 'the page', flag: 'page-port' }]),
  ]);
  return { gateway, standIn };
}

/** Of an address of this machine. */
function portIn(values: Values, name: string): number | undefined {
  const url = URL.parse(textOf(values, name) ?? '');
  return url?.protocol === 'http:' && isLoopback(url.hostname) ? portOf(url) : undefined;
}

async function startApplication(
  { upstream, demoApp }: DevFlags,
  values: Values,
  keep: (part: Part) => void,
): Promise<{ application: RunningApplication; upstream: Wishes['upstream'] }> {
  const configured = textOf(values, 'UPSTREAM_URL');
  const choice = await chooseApplication({ configured, upstream, demoApp }, isListening);
  if (choice.kind === 'own') {
    const { url, isSilent } = choice;
    const wish = upstream === undefined ? undefined : { url, reason: 'as --upstream says' };
    return { application: { url, isGuestBook: false, isSilent }, upstream: wish };
  }
  const { port = DEFAULT_PORTS.application, reason, isAskedFor } = choice;
  const url = await startGuestBook(keep, (await isFree(port)) ? port : 0);
  return {
    application: { url, isGuestBook: true, isSilent: false, ...(!isAskedFor && { reason }) },
    upstream: { url, reason: `the demo’s guest book, ${isAskedFor ? reason : `since ${reason}`}` },
  };
}

async function startGuestBook(keep: (part: Part) => void, port = 0, name?: string): Promise<string> {
  const { createApplication } = await import('../../demo/app/application.ts');
  const listening = await createApplication({ name }).listen(port);
  keep(listening);
  return `http://localhost:${new URL(listening.origin).port}`;
}

/** Sites whose application is not there have a guest book, one for all; the demo's have one each. */
async function startSites(flags: DevFlags, values: Values, keep: (part: Part) => void): Promise<SiteWishes> {
  const sites = parseJson(values['SITES'] ?? [], '');
  const hasSites = Array.isArray(sites) && sites.length > 0;
  if (flags.sites && hasSites)
    throw new UsageError('--sites shows the demo’s sites, and these files have some of their own: leave it out');
  if (flags.sites) {
    const [wiki, shop] = [await startGuestBook(keep, 0, 'The Old Wiki'), await startGuestBook(keep, 0, 'The Old Shop')];
    return { upstreams: new Map(), demo: demoSites({ wiki, shop }) };
  }
  const named = hasSites ? sites.map((site: unknown) => (isTable(site) ? site.upstream : undefined)) : [];
  const missing: string[] = [];
  for (const configured of new Set(named.filter((each) => typeof each === 'string'))) {
    const wish = { configured, upstream: undefined, demoApp: flags.demoApp };
    if ((await chooseApplication(wish, isListening)).kind === 'guest-book') missing.push(configured);
  }
  if (missing.length === 0) return NO_SITES;
  const url = await startGuestBook(keep);
  return { upstreams: new Map(missing.map((each) => [each, url])), demo: undefined };
}
