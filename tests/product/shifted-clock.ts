/**
 * Loaded before a program (`node --import`): its clock, as far as JavaScript can tell, is off by CLOCK_SHIFT_MS. Timers
 * and the clock of the database are not.
 */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const trueNow = Date.now.bind(Date);
const now = (): number => trueNow() + shiftMs;

globalThis.Date = new Proxy(Date, {
  construct: (target, parts, newTarget): object =>
    Reflect.construct(target, parts.length === 0 ? [now()] : parts, newTarget),
  get: (target, name): unknown => (name === 'now' ? now : Reflect.get(target, name)),
});
