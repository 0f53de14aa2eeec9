// Pages on their way through REWRITE_MANIFEST.
// HTML §13.2.5.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { manifestStream } from '../../../src/proxy/response/manifest.ts';
import { mutated } from '../generate/text.ts';
import { createTarget } from '../target.ts';

const PUT = 'crossorigin="use-credentials"';

const page = mutated(
  [
    '<!doctype html><head><title>a</title><link rel="manifest" href="/m"><script>"<link rel=manifest>"</script>',
    '<!-- <link rel=manifest> --><link href=\'/m\' REL=manifest CROSSORIGIN=anonymous /><p title="<link rel=manifest>">',
    '<a b="c\'>" d=\'"\'><textarea><link rel=manifest></textarea><svg><title/><link rel=icon><link rel=manifest\xe9>',
  ],
  [
    '<',
    '>',
    '"',
    "'",
    '=',
    '/',
    '<!--',
    '-->',
    '<link rel=manifest>',
    'crossorigin',
    '</script>',
    '<style>',
    ' ',
    '\0',
    '\xe9',
  ],
);

async function passed(bytes: Buffer, size: number): Promise<string> {
  const { readable, writable } = manifestStream();
  const text = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  for (let at = 0; at < bytes.length; at += size) void writer.write(bytes.subarray(at, at + size));
  void writer.close();
  return Buffer.from(await text).toString('latin1');
}

const manifest = createTarget({
  name: 'manifest-link',
  promise: 'a page loses nothing and gets one attribute at most, wherever it is cut in pieces',
  runs: 1_000,
  budget: 400,
  given: fc.record({ page, size: fc.oneof(fc.integer({ min: 700, max: 70_000 }), fc.constantFrom(1, 7)) }),
  async holds({ page, size }) {
    const bytes = Buffer.from(page, 'latin1');
    const whole = await passed(bytes, bytes.length || 1);
    assert.equal(await passed(bytes, bytes.length > 4096 ? Math.max(size, 700) : size), whole);
    const text = bytes.toString('latin1');
    if (whole === text) return;
    const at = whole.indexOf(PUT, [...text].findIndex((sign, index) => sign !== whole[index]) - PUT.length);
    assert(at > 0, 'changed without an attribute');
    const behind = whole.slice(at + PUT.length);
    const end = [behind, behind.replace(/^ /, '')].find((rest) => text.endsWith(rest)) ?? assert.fail('another end');
    const before = text.slice(0, text.length - end.length);
    const removed = before.slice(whole.slice(0, at).trimEnd().length);
    assert(before.startsWith(whole.slice(0, at).trimEnd()));
    assert.match(removed, /^\s*(crossorigin([\s=]|$)[\s\S]*)?$/i);
  },
});

export const manifestTargets = [manifest];
