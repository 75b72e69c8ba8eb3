/** What each fault of the plan does at its time. */
import { after } from '../../../src/billing/time.ts';
import { PROCESSES } from '../plan/make-faults.ts';
import { type Fault, nameOf } from '../plan/plan.ts';
import type { Process, ProcessSurroundings } from './processes.ts';
import type { Settings } from './record-decisions.ts';

export interface World {
  readonly apis: () => readonly Process[];
  readonly lifecycle: (index: number) => Process['lifecycle'] | undefined;
  /** Starts a process again that is dead, with the settings of now. */
  readonly revive: (index: number) => void;
  readonly changeSettings: (settings: Partial<Settings>) => void;
}

export function injectFault(
  fault: Fault,
  { world, around }: { readonly world: World; readonly around: ProcessSurroundings },
): void {
  const { pending, count, queue, schedule, server, tell } = around;
  const struck = (): void => {
    count(nameOf(fault));
    tell(`fault: ${JSON.stringify(fault)}`);
  };
  switch (fault.kind) {
    case 'kill': {
      const lifecycle = world.lifecycle(fault.process);
      if (lifecycle === undefined || lifecycle.isDead()) return;
      tell(`fault: ${JSON.stringify(fault)}`);
      lifecycle.doom(fault.point);
      lifecycle.reach('at_once');
      return schedule.in(fault.backAfterMs, () => {
        lifecycle.die();
        world.revive(fault.process);
      });
    }
    case 'pause':
      struck();
      return world.lifecycle(fault.process)?.pauseUntil(after(schedule.now(), fault.forMs));
    case 'settings':
      struck();
      world.changeSettings({ policy: fault.policy });
      for (const [index] of PROCESSES.entries())
        schedule.in(index * 300, () => {
          world.lifecycle(index)?.die();
          world.revive(index);
        });
      return undefined;
    case 'database_away':
      struck();
      return server.restart(fault.forMs);
    case 'queue_away':
      struck();
      return queue.goAway(fault.forMs);
    case 'queue_emptied':
      struck();
      return queue.empty();
    case 'alarm_early':
    case 'alarm_lost':
      if (queue.tamper(fault.which, fault.kind === 'alarm_early' ? 'early' : 'lost')) struck();
      return undefined;
    case 'alarm_late':
      if (queue.tamper(fault.which, { lateMs: fault.byMs })) struck();
      return undefined;
    case 'batch_fails':
    case 'outcome_lost':
    case 'batch_refused':
    case 'touch_fails':
    case 'answer_lost':
    case 'alarm_doubled':
    case 'ack_lost':
      return pending.arm(fault);
  }
}
