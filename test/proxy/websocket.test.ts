// The relay between two sockets, with sockets that only remember: codes, reasons, and the end of the session.
// RFC 6455 §7.4; promise 4. The real ones are in test/e2e/proxy/.

import { describe, expect, it } from 'vitest';
import { relay, type Socket } from '../../src/proxy/open/websocket.ts';

class FakeSocket {
  readyState = 1;
  readonly sent: unknown[] = [];
  readonly closed: unknown[] = [];
  readonly #listeners = new Map<string, (event: unknown) => void>();

  send(message: unknown) {
    this.sent.push(message);
  }
  close(code?: number, reason?: string) {
    this.closed.push(code === undefined ? [] : [code, reason]);
    this.readyState = 3;
  }
  addEventListener(type: string, listener: (event: unknown) => void) {
    this.#listeners.set(type, listener);
  }
  emit(type: string, event: unknown = {}) {
    this.#listeners.get(type)?.(event);
  }
}

function setUp(stillAllowed?: () => Promise<true | string>) {
  const [visitor, application] = [new FakeSocket(), new FakeSocket()];
  const pending: (() => void)[] = [];
  const timers = {
    setTimeout: (callback: () => void) => pending.push(callback),
    clearTimeout: () => void pending.splice(0),
  };
  const guard = stillAllowed && { stillAllowed, period: 30, timers };
  relay(visitor as unknown as Socket, application as unknown as Socket, guard);
  const look = async () => {
    pending.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { visitor, application, look, pending };
}

describe('relay', () => {
  it('passes messages both ways, text and binary', () => {
    const { visitor, application } = setUp();
    const bytes = new ArrayBuffer(2);
    visitor.emit('message', { data: 'hello' });
    visitor.emit('message', { data: bytes });
    application.emit('message', { data: 'back' });
    expect([application.sent, visitor.sent]).toEqual([['hello', bytes], ['back']]);
  });

  it.each([
    [1000, 'bye', [1000, 'bye']],
    [4000, 'own', [4000, 'own']],
    [1005, '', []],
    [1006, '', [1011, undefined]],
  ])('close %s of the application', (code, reason, heard) => {
    const { visitor, application } = setUp();
    application.emit('close', { code, reason });
    expect(visitor.closed).toEqual([heard]);
  });

  it('a visitor who vanished is going away', () => {
    const { visitor, application } = setUp();
    visitor.readyState = 3;
    visitor.emit('close', { code: 1006, reason: '' });
    expect([application.closed, visitor.closed]).toEqual([[[1001, undefined]], []]);
  });

  it('drops what comes after the end', () => {
    const { visitor, application } = setUp();
    application.emit('close', { code: 1000, reason: '' });
    application.emit('message', { data: 'late' });
    expect(visitor.sent).toEqual([]);
  });
});

describe('the session', () => {
  it('is looked at again and again while it is allowed', async () => {
    let looks = 0;
    const { visitor, look } = setUp(async () => {
      looks++;
      return true;
    });
    await look();
    await look();
    expect([looks, visitor.closed]).toEqual([2, []]);
  });

  it('over: 4401 with the reason, and the application is told that the visitor is gone', async () => {
    const { visitor, application, look } = setUp(async () => 'signed out');
    await look();
    expect([visitor.closed, application.closed]).toEqual([[[4401, 'signed out']], [[1001, '']]]);
  });

  it('unknown: try again later', async () => {
    const { visitor, look } = setUp(() => Promise.reject(new Error('away')));
    await look();
    expect(visitor.closed).toEqual([[1013, 'the session could not be checked']]);
  });

  it('a long reason fits into a close frame', async () => {
    const { visitor, look } = setUp(async () => 'ä'.repeat(100));
    await look();
    expect(visitor.closed).toEqual([[4401, 'ä'.repeat(60)]]);
  });

  it('is not looked at after the end', () => {
    const { visitor, pending } = setUp(async () => true);
    visitor.emit('close', { code: 1000, reason: '' });
    expect(pending).toEqual([]);
  });
});
