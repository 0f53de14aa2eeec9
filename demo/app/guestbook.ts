// The guest book: a list in memory and a form to add to it.

import { type Exchange, html, type Reply } from './exchange.ts';
import { escapeHtml, layout } from './layout.ts';
import { readVisitor } from './visitor.ts';

interface Entry {
  name: string;
  message: string;
  at: Date;
}

const MOST_ENTRIES = 200;
const LONGEST_MESSAGE = 2000;

export interface Guestbook {
  show(exchange: Exchange): Reply;
  sign(exchange: Exchange): Reply;
  count(): number;
}

function entryHtml({ name, message, at }: Entry): string {
  const time = `<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')}</time>`;
  return `<li><p>${escapeHtml(message)}</p><p class="by">${escapeHtml(name)}, ${time}</p></li>`;
}

export function createGuestbook(now: () => Date): Guestbook {
  const entries: Entry[] = [
    { name: 'The bookbinder', message: 'May these pages fill with friendly words.', at: now() },
  ];
  return {
    count: () => entries.length,
    show: ({ headers }) => {
      const visitor = readVisitor(headers);
      const form = `<form class="sign" method="post" action="/guestbook">
<label for="message">Your message</label>
<textarea id="message" name="message" rows="3" maxlength="${LONGEST_MESSAGE}" required></textarea>
<button>Sign the book${visitor ? ` as ${escapeHtml(visitor.name)}` : ''}</button>
</form>`;
      return html(layout('Guest book', visitor, `${form}<ol class="entries">${entries.map(entryHtml).join('')}</ol>`));
    },
    sign: ({ headers, body }) => {
      const message = (new URLSearchParams(body).get('message') ?? '').trim().slice(0, LONGEST_MESSAGE);
      const name = readVisitor(headers)?.name ?? 'Somebody';
      if (message !== '') entries.unshift({ name, message, at: now() });
      entries.length = Math.min(entries.length, MOST_ENTRIES);
      return { status: 303, headers: { location: '/guestbook' }, body: null };
    },
  };
}
