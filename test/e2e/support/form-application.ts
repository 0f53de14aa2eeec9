// An application of one page with forms of every enctype, and a script that fetches; records the bytes that arrive.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly type: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface FormApplication {
  readonly origin: string;
  /** What was posted. */
  readonly received: Received[];
  close(): Promise<void>;
}

const PAGE = `<!doctype html><title>forms</title><script src="/auth/client.js" defer></script>
<form id="urlencoded" method="post" action="/save?form=urlencoded&x=%20"><input name="text" value="Zoë &amp; 王"><input name="submit" value="1"><button>go</button></form>
<form id="multipart" method="post" action="/save?form=multipart" enctype="multipart/form-data"><input name="text" value="a"><input type="file" name="file"><button>go</button></form>
<form id="plain" method="post" action="/save?form=plain" enctype="text/plain"><textarea name="text">one
two = 2</textarea><button>go</button></form>
<form id="fragment" method="post" action="/save#part-2"><input name="text" value="a"><button>go</button></form>`;

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `pages`: HTML by path, in place of the page with the forms; a path that ends in `.js` is a script. */
export async function startFormApplication(pages: Readonly<Record<string, string>> = {}): Promise<FormApplication> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await read(request);
    if (method === 'POST') received.push({ method, url, type: headers['content-type'], headers, body });
    if (url.startsWith('/data')) {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ url, user: headers['x-forwarded-user'], cookie: headers.cookie }));
    } else if (method === 'POST') {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>saved</title><p id="saved">${received.length}</p>`);
    } else {
      response.setHeader('Content-Type', `text/${url.endsWith('.js') ? 'javascript' : 'html'}; charset=utf-8`);
      response.end(pages[url] ?? PAGE);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
