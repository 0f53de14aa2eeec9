// The frame around every page, and the one place where text becomes HTML.

import type { Visitor } from './visitor.ts';

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}

/** What an application of another name puts its own in place of. */
export const NAME = 'The Old Guest Book';

const LINKS = [
  ['/guestbook', 'Guest book'],
  ['/profile', 'Profile'],
  ['/staff', 'Staff'],
  ['/admin', 'Admin'],
] as const;

function account(visitor: Visitor | undefined): string {
  if (!visitor) return '<a class="button" href="/auth/login?return_to=/profile">Sign in</a>';
  return `<form method="post" action="/auth/logout"><button>Sign out</button></form>`;
}

/** `content` is markup, already escaped. */
export function layout(title: string, visitor: Visitor | undefined, content: string): string {
  const links = LINKS.map(([href, text]) => `<a href="${href}">${text}</a>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · ${NAME}</title>
<link rel="stylesheet" href="/assets/style.css">
</head>
<body>
<header>
<a class="brand" href="/">${NAME}</a>
<nav aria-label="Pages">
${links}
</nav>
${account(visitor)}
</header>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
<footer>An application without a line of login code.</footer>
</body>
</html>
`;
}
