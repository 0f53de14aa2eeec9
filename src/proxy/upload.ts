// The body on its way to the upstream: it is streamed, keeps its length, and a long one tells when its last byte has gone out.
// RFC 9112 §6 (framing: an application that was promised a length gets one).

/** Bytes that fit into the buffers on the way, so that sending them takes no time worth mentioning. */
const SHORT = 64 * 1024;

export interface Upload {
  readonly body: ReadableStream | null;
  /** Settles when the last byte has been handed over; undefined where that is at once. */
  readonly sent: Promise<unknown> | undefined;
}

export function createUpload(request: Request): Upload {
  const { body } = request;
  if (body === null) return { body, sent: undefined };
  const length = Number(request.headers.get('Content-Length') ?? Number.NaN);
  // Outside of Workers, as in tests that run in process, there is no such pipe and no long upload.
  if (length <= SHORT || typeof FixedLengthStream === 'undefined') return { body, sent: undefined };
  // Both are the runtime's own: no byte passes through JavaScript.
  const pipe = Number.isSafeInteger(length) ? new FixedLengthStream(length) : new IdentityTransformStream();
  return { body: pipe.readable, sent: body.pipeTo(pipe.writable) };
}
