/** Minutes a person may choose from; 0: never. */
const MINUTES = [0, 1, 5, 15, 60];

/** How often logins may be looked at, with what is set now even where it was written by hand. */
export const loginsChoices = (now: number): readonly { readonly value: string; readonly label: string }[] =>
  [...new Set([...MINUTES, now])]
    .sort((a, b) => a - b)
    .map((minutes) => ({ value: String(minutes), label: words(minutes) }));

function words(minutes: number): string {
  if (minutes === 0) return 'Never';
  if (minutes === 1) return 'Every minute';
  return minutes === 60 ? 'Every hour' : `Every ${minutes} minutes`;
}
