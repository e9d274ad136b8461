import { createContext } from 'svelte';
import type { Position } from '../../shared/connect/server';
import type { Box } from './link-path';
import { SERVER_HEIGHT, SERVER_WIDTH } from './place-servers';

/** Where servers rest on the canvas, as boxes. One that is being moved counts where it was. */
export const boxesOf = (places: ReadonlyMap<string, Position>): ReadonlyMap<string, Box> =>
  new Map([...places].map(([id, { x, y }]) => [id, { x, y, width: SERVER_WIDTH, height: SERVER_HEIGHT }]));

/** What the lines of the canvas go round. */
export const [getPlaces, setPlaces] = createContext<() => ReadonlyMap<string, Box>>();
