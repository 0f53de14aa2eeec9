// The trace a request belongs to: the visitor's, if it is a sound one, else a new one. The gateway is a span of its own in it.
// W3C Trace Context §3.2 (traceparent), §3.3 (tracestate makes sense only under the trace it came with).

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** `randomHex` is asked for bytes: 8 for a span, 16 for a trace. */
export function nextTraceparent(incoming: string | null, randomHex: (bytes: number) => string): string {
  const trace = incoming === null ? undefined : parseTrace(incoming);
  return trace ? `00-${trace.id}-${randomHex(8)}-${trace.flags}` : `00-${randomHex(16)}-${randomHex(8)}-01`;
}

function parseTrace(traceparent: string): { readonly id: string; readonly flags: string } | undefined {
  const [, version, id = '', parent = '', flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  // A newer version may be longer than version 00, and its first fields mean the same.
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(id) || /^0+$/.test(parent)) return undefined;
  // Of the flags only "sampled" is known in version 00.
  return { id, flags: Number.parseInt(flags, 16) & 1 ? '01' : '00' };
}

/** Whether `next`, made by nextTraceparent, continues the trace that came in. */
export function isSameTrace(incoming: string | null, next: string): boolean {
  return incoming !== null && incoming.slice(3, 35) === next.slice(3, 35);
}
