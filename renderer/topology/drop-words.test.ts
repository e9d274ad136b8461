import { describe, expect, it } from 'vitest';
import { type DropAim, dropWords } from './drop-words';

const aim: DropAim = { what: 'server', from: 'idm-a', to: 'idm-b', locked: null, why: null };

describe('what is said beside the pointer', () => {
  it('names both servers and both ways the data may go: nobody has chosen one', () => {
    expect(dropWords(aim)).toEqual({
      allowed: true,
      title: 'Link idm-a and idm-b',
      text: 'idm-a’s data → idm-b, or the other way round: you choose next.',
    });
  });

  it('says why a drop here links nothing', () => {
    const why = 'idm-a and idm-b are linked already.';
    expect(dropWords({ ...aim, why })).toMatchObject({ allowed: false, text: why });
    const locked = 'A deploy is running.';
    expect(dropWords({ ...aim, to: null, locked })).toMatchObject({ allowed: false, text: locked });
  });

  it('says nothing while a server only moves, and where to go with a link', () => {
    expect(dropWords({ ...aim, to: null })).toBeNull();
    expect(dropWords({ ...aim, what: 'link', to: null })).toMatchObject({
      allowed: true,
      text: 'Drop it on another server.',
    });
  });
});
