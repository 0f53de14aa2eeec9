// Two hosts under one domain on one port, with TLS, as browsers need it for `__Host-`: the site of the gateway, and a sibling of somebody else's.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OPENSSL = '/usr/bin/openssl';
export const hasOpenssl = existsSync(OPENSSL);

const DOMAIN = 'example.test';
/** For Chromium, which is told besides to believe the certificate. */
export const RESOLVES_HERE = `--host-resolver-rules=MAP *.${DOMAIN} 127.0.0.1`;

export interface TlsFront {
  readonly port: number;
  readonly site: string;
  readonly sibling: string;
  /** Where the gateway listens without TLS. */
  leadTo(origin: string): void;
  /** What the sibling answers. */
  answerAt(sibling: RequestListener): void;
  close(): Promise<void>;
}

function createCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const args = ['req', '-x509', ...kind, '-subj', `/CN=*.${DOMAIN}`, '-keyout', key, '-out', cert];
  execFileSync(OPENSSL, args, { stdio: 'ignore' });
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}

/** `isGateways`: whether the gateway answers there; else the sibling does. */
export async function startTlsFront(isGateways = (host: string) => host.startsWith('app.')): Promise<TlsFront> {
  let gateway = '';
  let sibling: RequestListener = (_request, response) => response.end();
  const server = createServer(createCertificate(), (request, response) => {
    const { host = '' } = request.headers;
    if (!isGateways(host)) return sibling(request, response);
    const { hostname, port } = new URL(gateway);
    // Miniflare takes the address that the visitor used from this header.
    const headers = { ...request.headers, 'mf-original-url': `https://${host}${request.url}` };
    const outgoing = httpRequest(
      {
        host: hostname === 'localhost' ? '127.0.0.1' : hostname,
        port,
        path: request.url,
        method: request.method,
        headers,
      },
      (incoming) => {
        response.writeHead(incoming.statusCode ?? 502, incoming.headers);
        incoming.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    request.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    site: `https://app.${DOMAIN}:${port}`,
    sibling: `https://blog.${DOMAIN}:${port}`,
    leadTo(origin) {
      gateway = origin;
    },
    answerAt(listener) {
      sibling = listener;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
