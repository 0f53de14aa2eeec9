// Sharing a question without depending on who asked: on Workers a cancelled request's promise may never settle.

import { describe, expect, it, vi } from 'vitest';
import { createSingleFlight } from '../../../src/shared/isolate/single-flight.ts';

const never = () => new Promise<string>(() => {});

function createBed(patience = 20) {
  const tasks: Promise<unknown>[] = [];
  return { tasks, single: createSingleFlight<string>({ waitUntil: (task) => tasks.push(task), patience }) };
}

/** Counts how often it is asked, and takes a moment. */
function createQuestion() {
  const question = { asked: 0, ask };
  async function ask() {
    question.asked += 1;
    const answer = `answer ${question.asked}`;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return answer;
  }
  return question;
}

describe('createSingleFlight', () => {
  it('asks once for all who come meanwhile, and anew for those who come later', async () => {
    const { single } = createBed();
    const { ask } = createQuestion();
    const answers = await Promise.all([single.ask('a', ask), single.ask('a', ask), single.ask('b', ask)]);
    expect(answers).toEqual(['answer 1', 'answer 1', 'answer 2']);
    expect(await single.ask('a', ask)).toBe('answer 3');
  });

  it('gives up on a question that never ends: one of the waiting asks anew, for all of them', async () => {
    const { single } = createBed();
    void single.ask('a', never);
    const question = createQuestion();
    const answers = await Promise.all([1, 2, 3].map(() => single.ask('a', question.ask)));
    expect(answers).toEqual(['answer 1', 'answer 1', 'answer 1']);
    expect(question.asked).toBe(1);
  });

  it('a question that was given up and answers after all is not taken for the one that took its place', async () => {
    const { single } = createBed();
    const [given, instead] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const asked = vi.fn(() => instead.promise);
    const first = single.ask('a', () => given.promise);
    const second = single.ask('a', asked);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    given.resolve('late');
    expect(await first).toBe('late');
    const third = single.ask('a', async () => 'asked anew');
    instead.resolve('instead');
    expect(await Promise.all([second, third])).toEqual(['instead', 'instead']);
  });

  it('ends in provider_unavailable when nobody gets an answer', async () => {
    const { single } = createBed();
    void single.ask('a', never);
    void single.ask('a', never);
    await expect(single.ask('a', never)).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: 'nobody who asked ZITADEL got an answer',
    });
  });

  it('leaves no rejection unhandled that waitUntil would report', async () => {
    const { single, tasks } = createBed();
    const ask = async () => Promise.reject(new Error('away'));
    await expect(single.ask('a', ask)).rejects.toThrow('away');
    await expect(Promise.all(tasks)).resolves.toBeDefined();
  });

  it('a question may be asked afresh: whoever comes later waits for that one, and the first still answers its own', async () => {
    const { single } = createBed();
    const [before, after] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const first = single.ask('a', () => before.promise);
    const second = single.askAfresh('a', () => after.promise);
    const third = single.ask('a', never);
    before.resolve('before');
    expect(await first).toBe('before');
    expect(single.isUnderWay('a')).toBe(true);
    after.resolve('after');
    expect(await Promise.all([second, third])).toEqual(['after', 'after']);
    expect(single.isUnderWay('a')).toBe(false);
  });

  it('who joins asks nothing: there is an answer, or none was under way', async () => {
    const { single } = createBed();
    expect(await single.join('a')).toBeUndefined();
    void single.ask('a', createQuestion().ask);
    expect(await Promise.all([single.join('a'), single.join('b')])).toEqual(['answer 1', undefined]);
  });

  it('who joins a question that never ends gives up, and it is under way no more', async () => {
    const { single } = createBed();
    void single.ask('a', never);
    expect(single.isUnderWay('a')).toBe(true);
    expect(await single.join('a')).toBeUndefined();
    expect(single.isUnderWay('a')).toBe(false);
  });
});
