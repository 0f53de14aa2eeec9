// The pages a person meets. Plain, and each says that this is a stand-in.

import { randomBytes } from 'node:crypto';

export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (sign) => names[sign] ?? sign);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --dim: #5a6475; --paper: #f4f5f9; --card: #fff; --line: #d9dde7; --accent: #3f51b5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf2; --dim: #a3acbe; --paper: #14171f; --card: #1e232e; --line: #353c4b; --accent: #9fa8ff; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; }
h1 { font-size: 1.35rem; margin: 0 0 .5rem; }
p { margin: .5rem 0; }
.notice { border: 1px dashed var(--accent); border-radius: .5rem; padding: .5rem .75rem; margin: 0 0 1.25rem; font-size: .875rem; }
.dim, small { color: var(--dim); }
form { display: grid; gap: .6rem; margin-top: 1rem; }
button, input[type=text], input[type=email] { font: inherit; color: inherit; width: 100%; padding: .65rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: transparent; text-align: start; }
button { cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); }
button small { display: block; }
button.quiet { border: 0; color: var(--dim); text-align: center; text-decoration: underline; }
label.row { display: flex; gap: .5rem; align-items: center; padding: .25rem 0; }
a { color: var(--accent); }
code { overflow-wrap: anywhere; }
`;

interface PageOptions {
  title: string;
  /** Markup, already escaped. */
  body: string;
  status?: number;
  cookies?: string[];
  /** An inline script that the page runs. */
  script?: string;
}

export function page({ title, body, status = 200, cookies = [], script }: PageOptions): Response {
  const nonce = randomBytes(16).toString('base64url');
  const scriptTag = script === undefined ? '' : `<script nonce="${nonce}">${script}</script>`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<p class="notice"><strong>A stand-in for trying things out.</strong> This is not ZITADEL: nobody here has a password, and nothing is kept.</p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
${scriptTag}
</body>
</html>
`;
  const headers = new Headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // No form-action: Chromium applies it to the redirect back to the client too.
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(html, { status, headers });
}

export function messagePage(title: string, message: string, status = 200, cookies: string[] = []): Response {
  return page({ title, status, cookies, body: `<p>${escapeHtml(message)}</p>` });
}

export function hiddenField(name: string, value: string): string {
  return `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;
}

/** OAuth 2.0 Form Post Response Mode. */
export function formPostPage(action: string, params: URLSearchParams, cookies: string[]): Response {
  const fields = [...params].map(([name, value]) => hiddenField(name, value)).join('');
  return page({
    title: 'One moment',
    cookies,
    body: `<form method="post" action="${escapeHtml(action)}">${fields}<button>Continue</button></form>`,
    script: 'document.forms[0].submit()',
  });
}
