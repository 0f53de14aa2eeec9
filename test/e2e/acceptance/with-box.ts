// A gateway for one test.

import { type BlackBox, type BoxOptions, openBox } from './support/gateway.ts';

export async function withBox<T>(options: BoxOptions, use: (box: BlackBox) => Promise<T>): Promise<T> {
  const box = await openBox(options);
  try {
    return await use(box);
  } finally {
    await box.stop();
  }
}
