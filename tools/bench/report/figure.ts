/** A number to be read: whole with commas from a hundred on, three digits below. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return withCommas(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

const withCommas = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
