// Requests that no HTTP client would send: framing, line ends, targets, names, sizes. RFC 9112 §2.2, §3.2, §5, §6, §11.2.

/** `{H}`: a right Host line. Smuggled requests and forged headers all say `admin`, and nothing else does. */
export interface RawCase {
  readonly name: string;
  /** `private`: passes with a session. `refused`: 4xx or 501. `runtime`: workerd itself answers 500, before the gateway's code. */
  readonly outcome: 'passes' | 'private' | 'refused' | 'runtime';
  readonly bytes: string;
}

const SMUGGLED = 'GET /secret HTTP/1.1\r\nHost: x\r\nX-Forwarded-User: admin\r\n\r\n';
const CHUNKED = '3\r\nabc\r\n0\r\n\r\n';

const post = (fields: string, body: string) => `POST /page HTTP/1.1\r\n{H}${fields}\r\n\r\n${body}`;
const get = (target: string, fields = '', host = '{H}') => `GET ${target} HTTP/1.1\r\n${host}${fields}\r\n`;
const many = (count: number) => Array.from({ length: count }, (_, index) => `X-Header-${index}: ${index}\r\n`).join('');
const cookies = (name: string) => Array.from({ length: 15 }, (_, at) => `${name}${at}=${'x'.repeat(4000)}`).join('; ');

const FRAMING: [RawCase['outcome'], string, string][] = [
  ['passes', 'two Content-Lengths that agree', post('Content-Length: 3\r\nContent-Length: 3', 'abc')],
  [
    'refused',
    'two Content-Lengths',
    post(`Content-Length: 3\r\nContent-Length: ${3 + SMUGGLED.length}`, `abc${SMUGGLED}`),
  ],
  ['refused', 'a list of lengths', post(`Content-Length: 3, ${3 + SMUGGLED.length}`, `abc${SMUGGLED}`)],
  ['refused', 'a length with a sign', post('Content-Length: +3', `abc${SMUGGLED}`)],
  ['refused', 'a hexadecimal length', post('Content-Length: 0x3', 'abc')],
  ['refused', 'a negative length', post('Content-Length: -1', `abc${SMUGGLED}`)],
  ['refused', 'a length beyond all numbers', post('Content-Length: 99999999999999999999999', 'abc')],
  ['passes', 'chunked and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${SMUGGLED}`)],
  [
    'passes',
    'a length and chunked',
    post(`Content-Length: ${5 + SMUGGLED.length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
  ],
  ['refused', 'xchunked', post('Transfer-Encoding: xchunked\r\nContent-Length: 3', `abc${SMUGGLED}`)],
  ['refused', 'identity', post('Transfer-Encoding: identity\r\nContent-Length: 3', 'abc')],
  ['refused', 'chunked, identity', post('Transfer-Encoding: chunked, identity', CHUNKED + SMUGGLED)],
  [
    'refused',
    'two Transfer-Encodings',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', CHUNKED + SMUGGLED),
  ],
  [
    'refused',
    'Transfer-Encoding with a blank',
    post('Transfer-Encoding : chunked\r\nContent-Length: 3', `abc${SMUGGLED}`),
  ],
  ['refused', 'Transfer-Encoding on two lines', post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 3', CHUNKED)],
  ['passes', 'Transfer-Encoding after a tab', post('Transfer-Encoding:\tchunked\r\nContent-Length: 3', CHUNKED)],
  ['passes', 'a chunk extension', post('Transfer-Encoding: chunked', '3;a="\r\nabc\r\n0\r\n\r\n')],
  ['passes', 'a chunk without a size', post('Transfer-Encoding: chunked', `zz\r\nabc\r\n0\r\n\r\n${SMUGGLED}`)],
  ['passes', 'chunks with bare line feeds', post('Transfer-Encoding: chunked', `3\nabc\n0\n\n${SMUGGLED}`)],
  [
    'passes',
    'a trailer that is an identity',
    post('Transfer-Encoding: chunked\r\nTrailer: X-Forwarded-User', '3\r\nabc\r\n0\r\nX-Forwarded-User: admin\r\n\r\n'),
  ],
  [
    'passes',
    'a GET with a request for a body',
    get('/page', `Content-Length: ${SMUGGLED.length}\r\n`) + SMUGGLED.replaceAll('admin', 'nobody'),
  ],
  ['passes', 'Expect', post('Expect: 100-continue\r\nContent-Length: 3', 'abc')],
  ['passes', 'an Expect that nobody knows', post('Expect: 200-maybe\r\nContent-Length: 3', 'abc')],
  ['passes', 'a second request behind the first', get('/page') + SMUGGLED],
];

const LINES: typeof FRAMING = [
  ['passes', 'bare line feeds', 'GET /page HTTP/1.1\n{H}X-Forwarded-User: admin\n\n'],
  ['passes', 'a bare line feed in a value', get('/page', 'X-A: b\nX-Forwarded-User: admin\r\n')],
  ['refused', 'a bare carriage return in a value', get('/page', 'X-A: b\rX-Forwarded-User: admin\r\n')],
  ['refused', 'NUL in a value', get('/page', 'X-A: b\0admin\r\n')],
  ['refused', 'a folded line', get('/page', 'X-A: b\r\n X-Forwarded-User: admin\r\n')],
  ['refused', 'a name with a blank after it', get('/page', 'X-Forwarded-User : admin\r\n')],
  ['refused', 'a name with blanks in it', get('/page', 'X Forwarded User: admin\r\n')],
  ['refused', 'a name after a blank', get('/page', ' X-Forwarded-User: admin\r\n')],
  ['refused', 'no name', get('/page', ': admin\r\n')],
  ['passes', 'underscores for hyphens', get('/page', 'X_Forwarded_User: admin\r\nx.forwarded.user: admin\r\n')],
  [
    'passes',
    'an identity named by Connection',
    get('/page', 'Connection: X-Forwarded-User, Cookie\r\nX-Forwarded-User: admin\r\n'),
  ],
  [
    'passes',
    'an upgrade to HTTP/2',
    get('/page', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'),
  ],
  ['passes', '100 headers', get('/page', many(100))],
  ['passes', '1,000 headers', get('/page', many(1000))],
  ['passes', '60 KB of cookies', get('/page', `Cookie: ${cookies('c')}\r\n`)],
  ['private', '60 KB of cookies under the gateway’s names', get('/private', `Cookie: ${cookies('postern.')}\r\n`)],
];

const TARGETS: typeof FRAMING = [
  ['passes', 'absolute-form', get('http://{host}/page')],
  ['passes', 'absolute-form with another host', get('http://evil.example/page')],
  ['refused', 'absolute-form and another Host', get('http://{host}/page', '', 'Host: evil.example\r\n')],
  ['private', 'authority-form', get('{host}')],
  ['runtime', 'asterisk-form', 'OPTIONS * HTTP/1.1\r\n{H}\r\n'],
  ['runtime', 'CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'],
  ['refused', 'no Host', get('/page', '', '')],
  ['runtime', 'two Hosts', get('/page', '', '{H}Host: evil.example\r\n')],
  ['refused', 'HTTP/1.0', 'GET /page HTTP/1.0\r\n\r\n'],
  ['refused', 'HTTP/0.9', 'GET /page\r\n\r\n'],
  ['refused', 'a blank in the target', get('/page b')],
  ['refused', 'a byte beyond ASCII', get('/page\xff')],
  ['refused', 'an encoded byte that is no UTF-8', get('/page%ff')],
  ['passes', 'the same, where a rule takes it, as it came', get('/bytes/caf%E9%c0%AF')],
  ['refused', 'backslashes', get('/page\\..\\secret')],
  ['refused', 'dots', get('/page/../secret')],
  ['refused', 'an encoded NUL', get('/page%00')],
  ['private', 'two slashes', get('//evil.example/page')],
  ['passes', 'a fragment', get('/page#b')],
  ['refused', 'a tab in the method', 'GE\tT /page HTTP/1.1\r\n{H}\r\n'],
  ['refused', 'a method in small letters', 'get /page HTTP/1.1\r\n{H}\r\n'],
  ['refused', 'TRACE', 'TRACE /page HTTP/1.1\r\n{H}\r\n'],
  ['refused', 'a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
];

export const RAW_CASES: readonly RawCase[] = [...FRAMING, ...LINES, ...TARGETS].map(([outcome, name, bytes]) => ({
  outcome,
  name,
  bytes,
}));
