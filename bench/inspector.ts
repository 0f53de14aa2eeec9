// workerd's own inspector at a port of loopback: a method is called, its result comes back. Chrome DevTools Protocol.

import WebSocket from 'ws';

export interface Inspector {
  /** Throws what the inspector says where it refuses. */
  call<Result>(method: string, params?: object): Promise<Result>;
  close(): void;
}

export async function inspect(port: number): Promise<Inspector> {
  const targets = await fetch(`http://127.0.0.1:${port}/json`);
  const [target] = (await targets.json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let last = 0;
  return {
    call<Result>(method: string, params: object = {}) {
      const id = ++last;
      return new Promise<Result>((resolve, reject) => {
        const listen = (data: WebSocket.RawData) => {
          const message = JSON.parse(String(data)) as { id?: number; result: Result; error?: { message: string } };
          if (message.id !== id) return;
          socket.off('message', listen);
          if (message.error) reject(new Error(`${method}: ${message.error.message}`));
          else resolve(message.result);
        };
        socket.on('message', listen);
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.close(),
  };
}
