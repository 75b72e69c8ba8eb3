// Loaded before a program of the product (`node --import`): its clock is CHAOS_CLOCK_SHIFT_MS ahead of the others'.
const { CHAOS_CLOCK_SHIFT_MS: shift } = process.env;
const shiftMs = Number(shift);
if (!Number.isFinite(shiftMs)) throw new Error('CHAOS_CLOCK_SHIFT_MS is no number of milliseconds');
const RealDate = Date;
const shiftedNow = (): number => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: readonly unknown[], newTarget: typeof Date): Date =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget),
  apply: () => new RealDate(shiftedNow()).toString(),
  get: (target, name, receiver): unknown =>
    name === 'now' ? shiftedNow : Reflect.get(target, name, receiver),
});
