import { Gauge, type Registry } from 'prom-client';

/** A gauge. `collect` fills it at each scrape; what it held before is gone then. */
export type GaugeWords<T extends string> = readonly [
  name: string,
  help: string,
  labelNames?: readonly T[],
  collect?: (gauge: Gauge<T>) => void,
];

/** Makes a gauge of a registry. */
export function makeGauge<T extends string>(
  registry: Registry,
  ...[name, help, labelNames = [], collect]: GaugeWords<T>
): Gauge<T> {
  return new Gauge<T>({
    ...{ name, help, labelNames: [...labelNames], registers: [registry] },
    ...(collect === undefined
      ? {}
      : {
          collect(this: Gauge<T>) {
            this.reset();
            collect(this);
          },
        }),
  });
}
