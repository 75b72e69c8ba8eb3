/** Whether two instants are on one day in the time zone of the browser: then the time of day says it. */
export const isSameDay = (one: string, other: string): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();
