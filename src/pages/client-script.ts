// GET /auth/client.js: for pages that fetch. On a 401 of ours it opens the sign-in in a small window and repeats the request for the same
// person; it warns before the session's end, and finds the place in a page again. ARCHITECTURE §2. Under 4 KB as it is sent.

import { ENDPOINTS, type FolderEndpoint } from '../endpoints/catalogue.ts';

/** `texts`: you are signed out, sign in, stay signed in, ends at {}. */
export const clientScript = (base: string, texts: readonly string[]): string =>
  `(${shorten(SOURCE)})(${JSON.stringify(base)},${JSON.stringify(texts)})`;

/**
 * Names that begin with `$` or `#` become one letter. Blanks beside signs are for the reader of this file, and taken out; no string of the
 * script has one there.
 */
function shorten(source: string): string {
  const names = [...new Set(source.match(/[$#]\w+/g))];
  const letter = (name: string) => {
    const at = names.indexOf(name);
    return name.replace(/\w+/, String.fromCharCode(at < 26 ? at + 97 : at + 39)).replace('$', '');
  };
  return source.replace(/[$#]\w+/g, letter).replace(/\s*([=?:{}(),;&|<>+*/!-]+)\s*/g, '$1');
}

const nameOf = (endpoint: FolderEndpoint) => ENDPOINTS[endpoint].path.slice(1);

/**
 * The bar stands beside the window at once, since a window that the sign-in service has cut off from this page (Cross-Origin-Opener-Policy)
 * looks like a closed one. For the same reason the end is told by a channel. Where even a click opens no window, the page itself goes.
 * The bar is outside the body, which Turbo and htmx exchange. Where they load the script again, it does nothing.
 * The warning comes two minutes before the end. While it stands, the end is looked up twice a minute. `$skew` (ms) is how far the device's
 * clock is ahead of the gateway's; the bar shows the end by the device's clock, which the visitor reads.
 * Somebody else may sign in. What the page shows and was about to send belongs to the first person then, so it is loaded anew; likewise
 * where it is not known whose page it was. A tab that comes to the front again asks whether another tab has signed in; a page from the
 * back/forward cache is loaded anew if its person is gone.
 * After a sign-in that had to leave the page, the browser has lost the fragment; the tab's storage has not. (A minute's tolerance.)
 * While an XMLHttpRequest is held (`#held`), the page hears none of its events but an abort. Its first answer is told late if it stays the last.
 */
const SOURCE = `($base, [out, $signIn, $stay, $ends]) => {
  if (document.postern) return;
  document.postern = 1;
  let get = fetch, $skew = 0, $store = {}, bar, due, $lost, $tell, id, who,

  add = (tag, $text, to, onclick) => {
    let $node = Object.assign(document.createElement(tag), { innerText: $text, onclick });
    to.append(' ', $node);
    return $node
  },
  $show = ($text, $label, act) => {
    bar?.remove();
    bar = add('div', $text, document.documentElement);
    bar.role = 'alert';
    bar.style = 'position:fixed;bottom:1em;right:1em;z-index:999;padding:1em;background:white;color:black;border:solid';
    add('button', $label, bar, act);
    add('button', '×', bar, () => { bar.remove(); $tell?.() })
  },

  ask = ($more = '') => due ||= new Promise($done => {
    let me = who,
    way = to => $base + '${nameOf('login')}?return_to=' + encodeURIComponent(to) + $more,
    go = $click => open(way($base + '${nameOf('done')}'), 'postern', 'width=480,height=720') || $click && (location = way(location));
    $tell = async yes => {
      due = $tell = $lost = 0;
      bar.remove();
      let now = yes && await $look();
      !yes || me && now === me ? $done(yes) : due ? due.then($done) : location.reload()
    };
    $show(out, $signIn, go);
    navigator.userActivation?.isActive && go()
  }),

  $look = async $shown => {
    clearTimeout(id);
    let $wait, got = await get($base + '${nameOf('userinfo')}').catch(() => 0),
    { sub, session } = got.ok && await got.json().catch(() => 0) || 0;
    $skew = Date.now() - (Date.parse(got.headers?.get('date')) || Date.now() - $skew);
    if (got.status == 401) {
      if (who && $shown) location.reload();
      else if (who) { $lost = 1; ask() }
      return
    }
    if (session) {
      let { started_at, idle_expires_at: end, expires_at } = session,
      [at, href] = ($store.postern ?? '').split(' ');
      if (!who && started_at + 60 > at && href?.startsWith(location + '#')) location = href;
      if ((who ??= sub) !== sub) return location.reload();
      if ($lost && $tell) return $tell(1);
      $wait = end * 1e3 - Date.now() + $skew - 12e4;
      if (!due) {
        bar?.remove();
        if ($wait <= 0) $show($ends.replace('{}', new Date(end * 1e3 + $skew).toLocaleTimeString()), $stay, () =>
          end < expires_at ? get(location, { method: 'HEAD' }).then(() => $look()) : ask())
      }
    }
    id = setTimeout($look, $wait > 0 ? Math.min($wait, 2e9) : 3e4);
    return sub
  },

  $again = ($problem, $signal) => new Promise((yes, no) => {
    let { code, login_url } = $problem || 0, $more = code == 'unauthenticated' ? '' : '&prompt=login',
    $stop = () => no($signal.reason);
    if (!(login_url + '').startsWith($base) || code == 'invalid_token') return yes();
    if ($signal?.aborted) return $stop();
    $signal?.addEventListener('abort', $stop);
    $lost ||= !$more;
    ask($more).then(yes)
  });

  window.fetch = async ($what, how) => {
    let $copy = $what?.clone?.() ?? $what,
    got = await get($what, how);
    return got.status == 401 && await $again(await got.clone().json().catch(() => 0), how?.signal ?? $what?.signal)
      && !how?.body?.locked ? get($copy, how) : got
  };

  window.XMLHttpRequest = class extends XMLHttpRequest {
    #how; #fields; #body; #once; #held;
    constructor() {
      super();
      for (let $type of ['readystatechange', 'loadstart', 'progress', 'load', 'loadend']) this.addEventListener($type, $event => {
        if (this.#held ||= this.#once && this.readyState > 1 && this.status == 401
          && this.getResponseHeader('content-type') == 'application/problem+json') {
          $event.stopImmediatePropagation();
          if ($type == 'loadend') this.#settle(this.#how)
        }
      }, true)
    }
    #tell(...$types) {
      this.#held = this.#once = 0;
      for (let $type of $types) this.dispatchEvent(new ProgressEvent($type))
    }
    async #settle(how) {
      let $body = this.response,
      yes = await $again(await new Response(this.responseType == 'json' ? JSON.stringify($body) : $body).json().catch(() => 0));
      if (!this.#held || how != this.#how) return;
      if (!yes) return this.#tell('readystatechange', 'load', 'loadend');
      this.#once = 0;
      super.open(...how);
      for (let $field of this.#fields) super.setRequestHeader(...$field);
      super.send(this.#body);
      this.#held = 0
    }
    open(...how) {
      this.#held = 0;
      this.#once = how.length < 3 || how[2];
      this.#how = how;
      this.#fields = [];
      super.open(...how)
    }
    setRequestHeader(...$field) {
      super.setRequestHeader(...$field);
      this.#fields.push($field)
    }
    send($body) {
      super.send(this.#body = $body)
    }
    abort() {
      let $late = this.#held && this.readyState > 3;
      this.#tell();
      super.abort();
      if ($late) this.#tell('abort', 'loadend')
    }
  };

  try { $store = sessionStorage } catch {}
  new BroadcastChannel('postern').onmessage = () => $tell ? $tell(1) : $look();
  addEventListener('pagehide', () => $store.postern = (Date.now() - $skew) / 1e3 + ' ' + location);
  addEventListener('pageshow', $event => $event.persisted && $look(1));
  addEventListener('visibilitychange', () => document.hidden || $look());
  $look()
}`;
