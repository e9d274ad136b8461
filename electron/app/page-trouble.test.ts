import { expect, it } from 'vitest';
import { type PageAnswer, type PageQuestion, PageTrouble } from './page-trouble';

function trouble() {
  const did: string[] = [];
  const open: { question: PageQuestion; answer: (one: PageAnswer) => Promise<void> }[] = [];
  const one = new PageTrouble({
    ask: (question) =>
      new Promise((resolve) => {
        const answer = async (chosen: PageAnswer): Promise<void> => {
          open.splice(0);
          resolve(chosen);
          await new Promise((soon) => setTimeout(soon));
        };
        open.push({ question, answer });
        question.withdrawn.addEventListener('abort', () => void answer(question.answers[0] ?? 'quit'));
      }),
    showLog: () => did.push('log'),
    quit: () => did.push('quit'),
    load: () => did.push('load'),
  });
  const answer = async (chosen: PageAnswer): Promise<void> => open[0]?.answer(chosen);
  return { one, did, open, answer };
}

it('a page that hangs is loaded by that answer alone; Enter and Escape wait', async () => {
  const { one, did, open, answer } = trouble();
  void one.hangs();
  void one.hangs();
  expect(open.map(({ question }) => question.answers)).toEqual([['wait', 'load', 'log', 'quit']]);
  await answer('log');
  expect([did, open.length]).toEqual([['log'], 1]);
  await answer('wait');
  expect([did, open.length]).toEqual([['log'], 0]);
  void one.hangs();
  await answer('load');
  expect(did).toEqual(['log', 'load']);
  void one.hangs();
  await answer('quit');
  expect(did).toEqual(['log', 'load', 'quit']);
});

it('withdraws the question once the page answers, and asks again the next time', async () => {
  const { one, did, open, answer } = trouble();
  void one.hangs();
  one.answers();
  await new Promise((soon) => setTimeout(soon));
  expect([did, open.length]).toEqual([[], 0]);
  void one.hangs();
  expect(open.length).toBe(1);
  await answer('wait');
});

it('a page that is gone is asked about once, also where it hung before; it does not pass by itself', async () => {
  const { one, did, open, answer } = trouble();
  void one.hangs();
  void one.gone('gone', 'crashed');
  await new Promise((soon) => setTimeout(soon));
  expect(open.length).toBe(1);
  void one.gone('gone', 'again');
  void one.hangs();
  one.answers();
  expect(open.map(({ question }) => [question.detail, question.answers])).toEqual([
    ['crashed', ['load', 'log', 'quit']],
  ]);
  await answer('log');
  expect([did, open.length]).toEqual([['log'], 1]);
  await answer('load');
  expect(did).toEqual(['log', 'load']);
});
