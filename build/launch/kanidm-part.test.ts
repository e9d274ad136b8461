import { describe, expect, it } from 'vitest';
import { noKanidm } from './kanidm-part.mjs';

describe('the tests on a real Kanidm', () => {
  it('are not run, and say what was skipped and how to run them, while nobody names one', () => {
    for (const env of [{}, { KANILINK_TEST_KANIDMD: '' }, { KANILINK_TEST_KANIDM_IMAGE: ' , ' }]) {
      expect(noKanidm(env)).toContain('main job, health, renewal, comparison, kill and resume');
      expect(noKanidm(env)).toContain('KANILINK_TEST_KANIDMD=PATH');
      expect(noKanidm(env)).toContain('KANILINK_TEST_KANIDM_IMAGE=NAME');
    }
  });

  it('are run when a program or an image is named', () => {
    expect(noKanidm({ KANILINK_TEST_KANIDMD: '/usr/sbin/kanidmd' })).toBeUndefined();
    expect(noKanidm({ KANILINK_TEST_KANIDM_IMAGE: 'kanidm/server:1.10.5' })).toBeUndefined();
  });
});
