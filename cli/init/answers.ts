// What the flags of `init` say, judged as the gateway itself would judge it. Pure.
// ARCHITECTURE §1; Workers: names of workers.

import { basename } from 'node:path';
import { parseCallbackUrl, parseIssuer, parseUpstream } from '../../src/config/urls.ts';
import { Wanted } from '../../src/config/values.ts';
import { parseDomain, parsePublicUrl, parseUpstream as parseTypedUpstream } from '../setup/parse-answers.ts';
import { callbackOf } from '../setup/wanted.ts';
import { UsageError } from '../support/failure.ts';
import type { InitFlags } from './command.ts';

export interface Answers {
  readonly name: string;
  readonly upstream?: string;
  readonly domain?: string;
  readonly callback?: string;
}

/** As a part of a host name, which it is for previews. */
const WORKER_NAME = /^[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?$/;

export function parseAnswers({ name, url, upstream, domain }: InitFlags, folder: string): Answers {
  return {
    name: name === undefined ? workerNameAfter(folder) : parseName(name),
    ...(upstream !== undefined && { upstream: judge('--upstream', parseTypedUpstream(upstream), parseUpstream) }),
    ...(domain !== undefined && { domain: judge('--domain', parseDomain(domain), parseIssuer) }),
    ...(url !== undefined && {
      callback: judge('--url', callbackOf(parsePublicUrl(url), undefined), parseCallbackUrl),
    }),
  };
}

function judge(flag: string, value: string, judgement: (value: string) => unknown): string {
  const outcome = judgement(value);
  if (outcome instanceof Wanted) throw new UsageError(`${flag}: wanted is ${outcome.wanted}`);
  return value;
}

function parseName(name: string): string {
  if (WORKER_NAME.test(name)) return name;
  throw new UsageError(`--name: ${name === '' ? 'nothing' : name} can’t be the name of a worker`, [
    'small letters, digits and hyphens within, at most 54: my-gateway',
  ]);
}

/** `My Gateway` becomes `my-gateway`; of a name without a Latin letter or digit nothing is left. */
export function workerNameAfter(folder: string): string {
  const name = basename(folder)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 54)
    .replace(/-+$/, '');
  return name === '' ? 'my-gateway' : name;
}
