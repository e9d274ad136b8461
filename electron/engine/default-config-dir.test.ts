import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { productName } from '../../package.json';
import { defaultConfigDir } from './create-engine';

it('is the folder that Electron gives the window: by the product’s name, with its capital', () => {
  expect(basename(defaultConfigDir({ HOME: '/home/anna' }))).toBe(productName);
});
