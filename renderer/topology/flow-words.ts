/** What the canvas says to a screen reader, in our words for xyflow's own. */
export const flowWords = {
  'node.a11yDescription.default': 'Enter selects it alone, Space adds it to the selection.',
  'node.a11yDescription.keyboardDisabled':
    'Enter selects it alone, Space adds it to the selection, the arrow keys move it when it is selected, P pairs two.',
  'node.a11yDescription.ariaLiveMessage': ({ direction }: { readonly direction: string }) =>
    `Moved ${direction}.`,
  'edge.a11yDescription.default': 'Enter selects it, Delete removes it.',
  'handle.ariaLabel': 'Drag to another server to link them',
};
