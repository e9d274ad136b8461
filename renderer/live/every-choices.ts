/** How often something may be done, in minutes, 0: never; with what is set now even where it was written by hand. */
export const everyChoices = (
  offered: readonly number[],
  now: number,
): readonly { readonly value: string; readonly label: string }[] =>
  [...new Set([...offered, now])]
    .sort((a, b) => a - b)
    .map((minutes) => ({ value: String(minutes), label: words(minutes) }));

function words(minutes: number): string {
  if (minutes === 0) return 'Never';
  if (minutes === 1) return 'Every minute';
  if (minutes % 60 !== 0) return `Every ${minutes} minutes`;
  const hours = minutes / 60;
  if (hours === 1) return 'Every hour';
  return hours === 24 ? 'Every day' : `Every ${hours} hours`;
}
