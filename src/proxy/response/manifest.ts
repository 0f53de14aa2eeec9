// Lets browsers fetch a web app manifest with cookies, without which every gateway answers with a sign-in.
// HTML §2.5.1 (crossorigin), W3C Web Application Manifest §3.

/** Only whole pages are rewritten, in encodings that the runtime reads: a range or a HEAD would describe other bytes. */
export function isRewritten(method: string, { status, headers, body }: Response): boolean {
  if (method !== 'GET' || status !== 200 || body === null) return false;
  if (!/^text\/html\s*(;|$)/i.test(headers.get('Content-Type') ?? '')) return false;
  return /^(|identity|gzip|br)$/i.test(headers.get('Content-Encoding') ?? '');
}

/** A rewritten page has other bytes and the same meaning, which is what a weak validator says (RFC 9110 §8.8.1). */
export function weakenHeaders(headers: Headers): void {
  for (const name of ['Content-Length', 'Content-MD5', 'Digest', 'Content-Digest', 'Accept-Ranges'])
    headers.delete(name);
  const etag = headers.get('ETag');
  if (etag?.startsWith('"')) headers.set('ETag', `W/${etag}`);
}

/** Changes the page's headers too. */
export function rewriteManifest(page: Response): Response {
  weakenHeaders(page.headers);
  return new HTMLRewriter()
    .on('link[rel]', {
      element(link) {
        const types = link.getAttribute('rel')?.toLowerCase().split(/\s+/) ?? [];
        if (types.includes('manifest')) link.setAttribute('crossorigin', 'use-credentials');
      },
    })
    .transform(page);
}
