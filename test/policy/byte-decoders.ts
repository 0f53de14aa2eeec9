// How applications make text of a path's bytes when these are no UTF-8, each as one small function. Shares no code with src/.

type Decoder = (bytes: Uint8Array) => string;

/** Whatever is encoded becomes bytes, the rest is ASCII already. */
function bytesOf(path: string): Uint8Array {
  const bytes = path.match(/%[\da-f]{2}|./gis) ?? [];
  return Uint8Array.from(bytes, (each) =>
    each.length === 3 ? Number.parseInt(each.slice(1), 16) : each.charCodeAt(0),
  );
}

/** RFC 3629 without its checks, as decoders had it twenty years ago; a byte that begins nothing is Latin-1. */
function unchecked(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const [lead = 0, ...rest] = bytes.slice(at, at + 4);
    const more = lead >= 0xf8 || lead < 0xc0 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    const tail = rest.slice(0, more);
    const isWhole = more > 0 && tail.length === more && tail.every((byte) => byte >> 6 === 2);
    const code = tail.reduce((sum, byte) => sum * 64 + (byte & 63), lead & (63 >> more));
    text += isWhole && code <= 0x10ffff ? String.fromCodePoint(code) : String.fromCharCode(lead);
    at += isWhole ? more + 1 : 1;
  }
  return text;
}

const DECODERS: Readonly<Record<string, Decoder>> = {
  'latin-1': (bytes) => Buffer.from(bytes).toString('latin1'),
  'windows-1252': (bytes) => new TextDecoder('windows-1252').decode(bytes),
  'utf-8, replacing': (bytes) => new TextDecoder().decode(bytes),
  'utf-8, ignoring': (bytes) => new TextDecoder().decode(bytes).replaceAll('\ufffd', ''),
  'utf-8, asking': (bytes) => new TextDecoder().decode(bytes).replace(/\ufffd.*/s, ''),
  'ascii, ignoring': (bytes) => Buffer.from(bytes.filter((byte) => byte < 0x80)).toString('latin1'),
  'koi8-r': (bytes) => new TextDecoder('koi8-r').decode(bytes),
  unchecked,
};

export const BYTE_DECODERS: Readonly<Record<string, (path: string) => string>> = Object.fromEntries(
  Object.entries(DECODERS).map(([name, decoder]) => [name, (path: string) => decoder(bytesOf(path))]),
);
