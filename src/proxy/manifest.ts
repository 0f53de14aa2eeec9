// Lets browsers fetch a web app manifest with cookies, without which every gateway answers with a sign-in.
// Issue 6 "The manifest"; HTML §2.5.1 (crossorigin), W3C Web Application Manifest §3.

/** Ranges and HEAD speak of bytes that are no longer these: only whole pages are rewritten, in encodings that the runtime reads. */
export function isRewritten(method: string, status: number, headers: Headers): boolean {
  if (method !== 'GET' || status !== 200 || !/^text\/html\s*(;|$)/i.test(headers.get('Content-Type') ?? ''))
    return false;
  return /^(|identity|gzip|br)$/i.test(headers.get('Content-Encoding') ?? '');
}

/** The headers of a page that is rewritten on the way: other bytes, the same meaning (RFC 9110 §8.8.1, weak validator). */
export function rewrittenHeaders(headers: Headers): Headers {
  const changed = new Headers(headers);
  for (const name of ['Content-Length', 'Content-MD5', 'Digest', 'Content-Digest', 'Accept-Ranges'])
    changed.delete(name);
  const etag = headers.get('ETag');
  if (etag?.startsWith('"')) changed.set('ETag', `W/${etag}`);
  return changed;
}

export function rewriteManifest(page: Response): Response {
  return new HTMLRewriter()
    .on('link[rel]', {
      element(link) {
        const types = link.getAttribute('rel')?.toLowerCase().split(/\s+/) ?? [];
        if (types.includes('manifest')) link.setAttribute('crossorigin', 'use-credentials');
      },
    })
    .transform(page);
}
