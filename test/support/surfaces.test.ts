import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { viewIds } from '../../shared/ipc/commands';
import { surfaceComponents, surfaces, surfacesOf } from '../e2e/support/surfaces';

const renderer = fileURLToPath(new URL('../../renderer', import.meta.url));

it('every view, dialog and bar of the window has an end-to-end test that looks at it', () => {
  expect(Object.keys(surfaces).sort()).toEqual(surfaceComponents(renderer));
  expect(viewIds.filter((view) => surfacesOf(view).length === 0)).toEqual([]);
});
