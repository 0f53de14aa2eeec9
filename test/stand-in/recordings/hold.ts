// Holds the stand-in's answers to those of a real ZITADEL: each recorded answer has a play that asks the stand-in the
// same, and what it answers must look the same once both are masked.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Answer } from '../support.ts';
import { type Json, mask } from './mask.ts';

export type Recorded = Record<string, Json>;

export function loadRecording(name: string): Record<string, Recorded> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));
}

/** `observe` says what of an answer was recorded. */
export function holdTo<Observed>(
  file: string,
  plays: Readonly<Record<string, () => Promise<Observed>>>,
  observe: (observed: Observed, recorded: Recorded) => object,
): void {
  const recordings = loadRecording(file);
  it(`${file}: every recorded answer is played`, () => {
    expect(Object.keys(plays).sort()).toEqual(Object.keys(recordings).sort());
  });
  it.each(Object.entries(plays))(`${file}: %s`, async (name, play) => {
    const recorded = recordings[name] ?? {};
    expect(observe(await play(), recorded)).toEqual(recorded);
  });
}

/** Status, the headers that were recorded, and the masked body. */
export function observeAnswer({ status, headers, body }: Answer, recorded: Recorded): object {
  return {
    status,
    ...(recorded['headers'] && { headers: observeHeaders(headers, recorded['headers']) }),
    body: mask(body),
  };
}

export function observeHeaders(headers: Headers, recorded: Json): Json {
  const names = Object.keys(recorded ?? {});
  return Object.fromEntries(names.map((name) => [name, observeHeader(headers, name)]));
}

function observeHeader(headers: Headers, name: string): Json {
  if (name === 'x-request-id') return headers.has(name) ? '…' : null;
  if (name !== 'set-cookie') return headers.get(name);
  return (
    headers
      .getSetCookie()[0]
      ?.replace(/^(zitadel\.useragent)=[^;]+/, '$1=…')
      .replace(/Domain=[^;]+/, 'Domain={host}')
      .replace('; Secure', '') ?? null
  );
}
