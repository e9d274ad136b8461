/**
 * Times under a chart, local and by 24 hours as everywhere in the window: `15:27`, `15:27:30` where they lie closer than a
 * minute.
 * @param ticks seconds since the epoch.
 * @param apart seconds between two of them.
 */
export function axisTimes(ticks: readonly number[], apart: number): string[] {
  const two = (n: number): string => String(n).padStart(2, '0');
  return ticks.map((tick) => {
    const date = new Date(tick * 1000);
    const parts = [date.getHours(), date.getMinutes(), ...(apart < 60 ? [date.getSeconds()] : [])];
    return parts.map(two).join(':');
  });
}
