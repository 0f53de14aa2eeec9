// Which application stands behind the gateway: the operator's own, or the guest book where there is none yet. The choice is pure.
// RFC 2606 §2, §3 (names for examples).

import { connect } from 'node:net';
import { isLoopback } from '../../src/config/urls.ts';
import { UsageError } from '../support/failure.ts';

export type Application =
  | { readonly kind: 'own'; readonly url: string; readonly isSilent: boolean }
  | {
      readonly kind: 'guest-book';
      /** Where it should listen; `undefined`: anywhere. */
      readonly port: number | undefined;
      readonly reason: string;
      readonly isAskedFor: boolean;
    };

export interface ApplicationWishes {
  /** UPSTREAM_URL of the files. */
  readonly configured: string | undefined;
  /** Of the command line, instead. */
  readonly upstream: string | undefined;
  readonly demoApp: boolean;
}

/** `isAnswering`: whether somebody listens at an address. */
export async function chooseApplication(
  { configured, upstream, demoApp }: ApplicationWishes,
  isAnswering: (url: URL) => Promise<boolean>,
): Promise<Application> {
  if (upstream !== undefined && demoApp) throw new UsageError('either --upstream or --demo-app, not both');
  const given = upstream ?? configured;
  const url = given === undefined ? null : URL.parse(given);
  const isSilent = url?.host ? !(await isAnswering(url)) : false;
  const port = url && isSilent && isLoopback(url.hostname) ? portOf(url) : undefined;
  const guestBook = (reason: string, isAskedFor = false): Application => ({
    kind: 'guest-book',
    port,
    reason,
    isAskedFor,
  });
  if (demoApp) return guestBook('as --demo-app asks', true);
  if (upstream !== undefined) return { kind: 'own', url: upstream, isSilent };
  if (given === undefined) return guestBook('UPSTREAM_URL is not set');
  if (url && isExample(url.hostname)) return guestBook(`${url.host} is an example, not an application`);
  if (port !== undefined) return guestBook(`nothing listens at ${given}`);
  return { kind: 'own', url: given, isSilent };
}

const isExample = (hostname: string): boolean =>
  /(^|\.)(example|invalid|example\.(com|net|org))$/.test(hostname.toLowerCase());

export const portOf = ({ port, protocol }: URL): number => Number(port || (protocol === 'https:' ? 443 : 80));

/** Milliseconds. */
const PATIENCE = 2_000;

export function isListening(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port: portOf(url) });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(PATIENCE, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
