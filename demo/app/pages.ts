// The pages, from the public landing page to the administrator's.

import { escapeHtml, layout } from './layout.ts';
import type { Visitor } from './visitor.ts';

function roleList(roles: string[]): string {
  if (roles.length === 0) return '<span class="role none">no role</span>';
  return roles.map((role) => `<span class="role">${escapeHtml(role)}</span>`).join(' ');
}

function greeting(visitor: Visitor): string {
  return `<p class="greeting">Hello, <strong>${escapeHtml(visitor.name)}</strong>! ${roleList(visitor.roles)}</p>`;
}

export function landingPage(visitor: Visitor | undefined): string {
  const invitation = visitor
    ? `${greeting(visitor)}<p><a class="button" href="/guestbook">Sign the guest book</a></p>`
    : `<p>Everybody may read this page. To sign the book, say who you are.</p>
<p><a class="button" href="/auth/login?return_to=/profile">Sign in</a></p>`;
  return layout(
    'Welcome',
    visitor,
    `<p class="lead">This guest book is older than single sign-on and never learnt to check a password. The gateway before it does that.</p>${invitation}`,
  );
}

const IDENTITY_HEADERS = [
  'X-Forwarded-User',
  'X-Forwarded-Name',
  'X-Forwarded-Email',
  'X-Forwarded-Preferred-Username',
  'X-Forwarded-Roles',
  'X-Forwarded-Org',
];

export function profilePage(visitor: Visitor | undefined, headers: Headers): string {
  if (!visitor) return layout('Profile', visitor, '<p>No header says who you are.</p>');
  const facts: [string, string | undefined][] = [
    ['Name', visitor.name],
    ['E-mail', visitor.email],
    ['Login name', visitor.preferredUsername],
    ['Organisation', visitor.organization],
    ['User id', visitor.id],
  ];
  const rows = facts.map(([term, value]) => `<dt>${term}</dt><dd>${value ? escapeHtml(value) : '–'}</dd>`);
  const raw = IDENTITY_HEADERS.map((name) => {
    const value = headers.get(name);
    return `<tr><th scope="row">${name}</th><td><code>${value ? escapeHtml(value) : '–'}</code></td></tr>`;
  });
  return layout(
    'Profile',
    visitor,
    `${greeting(visitor)}
<dl>${rows.join('')}</dl>
<h2>The headers it was read from</h2>
<table>${raw.join('')}</table>`,
  );
}

export function staffPage(visitor: Visitor | undefined): string {
  const shifts = ['Monday: ink and pens', 'Wednesday: new pages', 'Friday: bookbinding'];
  const items = shifts.map((shift) => `<li>${shift}</li>`).join('');
  return layout(
    'Staff',
    visitor,
    `${visitor ? greeting(visitor) : ''}<p>This week in the back room:</p><ul>${items}</ul>`,
  );
}

export function adminPage(visitor: Visitor | undefined, entries: number): string {
  const count = `<p>The book holds <strong>${entries}</strong> ${entries === 1 ? 'entry' : 'entries'}.</p>`;
  return layout('Admin', visitor, `${visitor ? greeting(visitor) : ''}${count}`);
}

export function notFoundPage(visitor: Visitor | undefined): string {
  return layout('Not found', visitor, '<p>No page of the book has this number.</p>');
}
