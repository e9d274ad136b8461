import { list } from '../base/words';

/**
 * What the canvas says to a screen reader, in our words for xyflow's own.
 * @param moved the servers that the arrow keys move
 */
export const flowWords = (moved: () => readonly string[]) => ({
  'node.a11yDescription.default': 'Enter selects it alone, Space adds it to the selection.',
  'node.a11yDescription.keyboardDisabled':
    'Enter selects it alone, Space adds it to the selection, the arrow keys move it when it is selected, P pairs two.',
  'node.a11yDescription.ariaLiveMessage': ({ direction }: { readonly direction: string }) =>
    `${list(moved())} moved ${direction}.`,
  'edge.a11yDescription.default': 'Enter selects it, Delete removes it.',
  'handle.ariaLabel': 'Drag to another server to link them',
});
