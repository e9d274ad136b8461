import { describe, expect, it } from 'vitest';
import { engineId, OpenRequests, pageMessage } from './open-requests';

const fault = { code: 'engine-stopped', message: 'It stopped.', fix: 'Restart it.', where: {} };

function busy(): OpenRequests {
  const requests = new OpenRequests();
  requests.sent({ kind: 'ask', id: '0:a', name: 'fleet.plan', question: {} });
  requests.sent({ kind: 'open', id: '0:w', name: 'watch', question: {} });
  requests.sent({ kind: 'open', id: '0:d', name: 'deploy', question: {} });
  requests.received({ kind: 'question', id: 'q', name: 'secret', question: {} });
  return requests;
}

describe('when the engine dies', () => {
  it('everything that waits for it is told so, once', () => {
    const requests = busy();
    expect(requests.engineGone(fault)).toEqual([
      { kind: 'answer', id: '0:a', answer: { ok: false, error: fault } },
      { kind: 'end', id: '0:w', fault },
      { kind: 'end', id: '0:d', fault },
      { kind: 'withdrawn', id: 'q' },
    ]);
    expect(requests.engineGone(fault)).toEqual([]);
  });

  it('what was answered before is left alone', () => {
    const requests = busy();
    requests.received({ kind: 'answer', id: '0:a', answer: {} });
    requests.received({ kind: 'end', id: '0:w', fault: null });
    requests.received({ kind: 'end', id: '0:d', fault: null });
    requests.sent({ kind: 'reply', id: 'q', answer: {} });
    expect(requests.engineGone(fault)).toEqual([]);
  });
});

describe('when the page is loaded again', () => {
  it('its asks and live streams are cancelled, a deploy goes on', () => {
    const requests = busy();
    expect(requests.pageGone()).toEqual([
      { kind: 'cancel', id: '0:a' },
      { kind: 'cancel', id: '0:w' },
    ]);
    expect(requests.deploying).toBe(true);
    requests.received({ kind: 'end', id: '0:d', fault: null });
    expect(requests.deploying).toBe(false);
  });

  it('the new page is asked what the old one left unanswered', () => {
    expect(busy().openQuestions()).toEqual([{ kind: 'question', id: 'q', name: 'secret', question: {} }]);
  });

  it('answers to the old page do not reach the new one, though both count from the start', () => {
    const answer = { kind: 'answer', id: engineId(0, 'w1'), answer: {} } as const;
    expect(pageMessage(0, answer)).toEqual({ ...answer, id: 'w1' });
    expect(pageMessage(1, answer)).toBeNull();
  });
});
