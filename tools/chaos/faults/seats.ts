import type { Random } from '../random.ts';
import type { ProgramKind, ProgramSeat } from '../rig/program-seat.ts';
import type { Rig } from '../rig/rig.ts';

/** One of the processes of this kind, or of all. */
export const pickSeat = (rig: Pick<Rig, 'seats'>, random: Random, kind: ProgramKind | null): ProgramSeat =>
  random.pick(rig.seats.filter((seat) => kind === null || seat.kind === kind));
